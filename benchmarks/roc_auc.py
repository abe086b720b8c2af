"""ROC AUC, and its time against the number of samples."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks._row import FLOOR, Call, Faster, Lean, Make, Options, Row, Within
from byhand import metrics

TITLE = "ROC AUC"
NOTE = "float32 scores, int64 labels; positives are higher by one standard deviation. Bytes: scores and labels read \
once; the rest of the time is sorting."
GROWTH = "samples, 3 % positive"

BINNED = "torchmetrics, 200 bins"
Labels, Scores = NDArray[np.int64], NDArray[np.float32]


def data(n: int, positive: float) -> tuple[Labels, Scores]:
    """Labels and scores."""
    rng = np.random.default_rng(0)
    y = (rng.random(n, np.float32) < positive).astype(np.int64)
    y[:2] = 0, 1
    return y, rng.standard_normal(n, np.float32) + y.astype(np.float32)


def ours(y: Labels, score: Scores) -> Call:
    """Byhand's ``roc_auc_score``, exact."""
    return lambda: metrics.roc_auc_score(y, score)


def read(y: Labels, score: Scores) -> Call:
    """A floor: read labels and scores, in one thread."""

    def call() -> None:
        y.sum()
        score.sum()

    return call


def sklearn(y: Labels, score: Scores) -> Call:
    """Scikit-learn's ``roc_auc_score``, exact."""
    from sklearn.metrics import roc_auc_score

    return lambda: roc_auc_score(y, score)


def torchmetrics(thresholds: int | None = None) -> Make:
    """Torchmetrics' ``binary_auroc``, exact or in bins; it applies a sigmoid to scores outside [0, 1]."""

    def make(y: Labels, score: Scores) -> Call:
        import torch
        from torchmetrics.functional.classification import binary_auroc

        target, preds = torch.from_numpy(y), torch.from_numpy(score)
        return lambda: binary_auroc(preds, target, thresholds=thresholds)

    return make


def polars(y: Labels, score: Scores) -> Call:
    """Polars' ``rank``: U is the sum of the ranks of the positives, minus P · (P + 1) / 2."""
    import polars as pl

    labels, scores = pl.Series(y) == 1, pl.Series(score)
    P, N = int(y.sum()), int(y.size - y.sum())
    return lambda: (scores.rank("average").filter(labels).sum() - P * (P + 1) / 2) / (P * N)


def rows(options: Options) -> Sequence[Row]:
    """The rows of the table, and growth rows over the number of samples."""
    exact = {"byhand": ours, "scikit-learn": sklearn, "torchmetrics": torchmetrics(), "polars rank": polars}
    every = exact | {BINNED: torchmetrics(200), FLOOR + "adding up labels and scores": read}
    loose = {"torchmetrics": 1e-4, BINNED: 1e-2}
    n, found = options.cut(10**7, 1000), []
    for key, share, speedup in (("rare", 0.03, 50.0), ("even", 0.5, 30.0)):
        targets = (Faster(speedup, ("scikit-learn",)), Faster(8.0, ("polars rank",)), Lean(5.0, n))
        found.append(
            Row(
                key,
                f"{_power(n)} samples, {share:.0%} positive",
                partial(data, n, share),
                every,
                bytes=12 * n,
                targets=targets,
                tolerance=1e-9,
                tolerances=loose,
                once=frozenset([BINNED]),
                memory=True,
            )
        )
    n = options.cut(10**8, 1000)
    only_ours, floor = {"byhand": ours}, {name: make for name, make in every.items() if name.startswith(FLOOR)}
    found.append(
        Row(
            "huge",
            f"{_power(n)} samples, 3% positive",
            partial(data, n, 0.03),
            only_ours | floor,
            12 * n,
            targets=(Within(0.8),),
        )
    )
    for power in range(3, 6 if options.quick else 9):
        size = 10**power
        contestants = only_ours if power == 8 else dict(exact)
        if power == 7:
            del contestants["scikit-learn"]
        title, make = f"{_power(size)} samples", partial(data, size, 0.03)
        found.append(
            Row(
                f"growth-{power}",
                title,
                make,
                contestants,
                12 * size,
                tolerance=1e-9,
                tolerances=loose,
                growth=size,
                budget=1.5,
            )
        )
    return found


def _power(n: int) -> str:
    return f"10{str(len(str(n)) - 1).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
