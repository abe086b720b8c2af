"""AUC, GAUC and DeLong's interval of prediction logs on files, and the time against the number of rows."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._row import FLOOR, Call, Faster, Lean, Make, Options, Row
from byhand.evaluate import GroupAuc, Ranking

TITLE = "Evaluation of logs"
NOTE = (
    "Parquet files with bool labels, 30 % positive, float32 scores and int64 users. Each call reads the files; peers "
    "that need all rows in memory read them first. The floor hands both columns over as Arrow batches."
)
GROWTH = "rows, on files"

PART = 10**7  # rows of a file
STREAM = FLOOR + "streaming both columns as Arrow"
SQL, FUXI, BINNED = "DuckDB SQL", "a process pool over users", "torchmetrics, 200 bins"
ONLY_AUC = "byhand, AUC alone"

AUC_SQL = """
SELECT (sum(r) FILTER (y) - count(*) FILTER (y) * (count(*) FILTER (y) + 1) / 2)
    / (count(*) FILTER (y)::DOUBLE * count(*) FILTER (NOT y))
FROM (SELECT y, rank() OVER (ORDER BY s) + (count(*) OVER (PARTITION BY s) - 1) / 2.0 AS r FROM '{files}')
"""
GAUC_SQL = """
SELECT sum(n * u / (p * (n - p))) / sum(n) FROM (
    SELECT count(*) AS n, count(*) FILTER (y)::DOUBLE AS p, sum(r) FILTER (y) - p * (p + 1) / 2 AS u FROM (
        SELECT user, y, rank() OVER (PARTITION BY user ORDER BY s)
            + (count(*) OVER (PARTITION BY user, s) - 1) / 2.0 AS r FROM '{files}')
    GROUP BY user HAVING p BETWEEN 1 AND n - 1)
"""


def logs(rows: int, users: int = 0) -> tuple[str]:
    """A glob of files with so many rows; they are removed when the process that made them ends."""
    import pyarrow as pa
    from pyarrow import parquet

    folder = Path(tempfile.gettempdir()) / f"byhand-benchmark-{rows}-{users}"
    if not folder.exists():
        part = Path(tempfile.mkdtemp(dir=folder.parent))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        rng = np.random.default_rng(0)
        for i, start in enumerate(range(0, rows, PART)):
            n = min(PART, rows - start)
            y = rng.random(n, np.float32) < 0.3
            y[:2] = False, True
            columns: dict[str, NDArray[Any]] = {"y": y, "s": rng.random(n, np.float32) * 0.7 + y * np.float32(0.3)}
            columns |= {"user": rng.integers(0, users, n)} if users else {}
            parquet.write_table(pa.table(columns), part / f"{i}.parquet")
        part.rename(folder)
    return (f"{folder}/*.parquet",)


def opened(files: str, group: str | None = None) -> Any:
    """The log, open."""
    from byhand.evaluate.reading.files import find_files
    from byhand.evaluate.reading.log import open_log
    from byhand.evaluate.reading.question import Question

    return open_log(find_files([files]), Question("y", ("s",), group=group))


def ours(files: str) -> Call:
    """What ``byhand eval`` does: AUC, DeLong's interval, average precision, log-loss and calibration."""
    from byhand.evaluate.engines.local import Local
    from byhand.evaluate.evaluation import Demands, evaluate

    def call() -> float:
        with opened(files) as log:
            return evaluate(Local(log, lambda *_: None), Demands())[0].models[0].area.auc.value

    return call


def only_auc(files: str) -> Call:
    """One ranking, and its AUC."""

    def call() -> float:
        ranking = Ranking()
        with opened(files) as log:
            for batch in log.batches():
                ranking.update(batch.labels, batch.scores[0])
        return ranking.auc().value

    return call


def stream(files: str) -> Call:
    """A floor: DuckDB hands the two columns over, and nothing is computed."""

    def call() -> None:
        with opened(files) as log:
            reader = log.connection.sql(f"SELECT y, s FROM '{files}'").to_arrow_reader(1 << 18)
            while next(reader, None) is not None:
                pass

    return call


def sql(query: str) -> Make:
    """An exact query, in the same DuckDB."""

    def make(files: str) -> Call:
        def call() -> float:
            with opened(files) as log:
                log.connection.execute("SET memory_limit = '8GB'")
                return float(log.connection.execute(query.format(files=files)).fetchall()[0][0])

        return call

    return make


def columns(files: str) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Both columns, in memory."""
    from pyarrow import dataset

    table = dataset.dataset(str(Path(files).parent)).to_table(columns=["y", "s"])
    return table["y"].to_numpy(), table["s"].to_numpy()


def sklearn(files: str) -> Call:
    """Scikit-learn, exact."""
    from sklearn.metrics import roc_auc_score

    return lambda: roc_auc_score(*columns(files))


def torchmetrics(thresholds: int | None = None) -> Make:
    """Torchmetrics, exact or in bins."""

    def make(files: str) -> Call:
        import torch
        from torchmetrics.functional.classification import binary_auroc

        def call() -> Any:
            y, s = map(torch.from_numpy, map(np.array, columns(files)))
            return binary_auroc(s, y.long(), thresholds=thresholds)

        return call

    return make


def polars(files: str) -> Call:
    """Polars' ``rank`` over a lazy scan."""
    import polars as pl

    ranks = pl.col("s").rank("average").filter(pl.col("y")).sum()
    query = pl.scan_parquet(files).select(ranks.alias("r"), pl.col("y").sum().alias("P"), pl.len().alias("n"))

    def call() -> float:
        r, P, n = query.collect().row(0)
        return float((r - P * (P + 1) / 2) / (P * (n - P)))

    return call


def groups(files: str) -> Call:
    """GAUC, weighted by rows, as ``byhand eval --group`` computes it."""
    from byhand.evaluate.engines.groups import group_areas

    def call() -> float:
        with opened(files, "user") as log:
            (state,) = group_areas(log, log.count_used())
            assert isinstance(state, GroupAuc)
            return state.mean("rows")

    return call


def pool(files: str) -> Call:
    """A task of a process pool for each user, with scikit-learn's AUC: how FuxiCTR computes its gAUC."""
    import pandas as pd

    def call() -> float:
        users = [user for _, user in pd.read_parquet(Path(files).parent).groupby("user")]
        with get_context("spawn").Pool(8) as workers:
            found = [workers.apply_async(_of_user, (user.y.to_numpy(), user.s.to_numpy())) for user in users]
            areas = [(n, area) for n, area in (one.get() for one in found) if area is not None]
        return float(np.average([area for _, area in areas], weights=[n for n, _ in areas]))

    return call


def _of_user(y: NDArray[np.bool_], s: NDArray[np.float32]) -> tuple[int, float | None]:
    from sklearn.metrics import roc_auc_score

    return len(y), roc_auc_score(y, s) if y.any() and not y.all() else None


def in_memory(interval: bool) -> Make:
    """AUC of columns in memory, with DeLong's interval or without."""

    def make(files: str) -> Call:
        y, s = columns(files)

        def call() -> float:
            ranking = Ranking()
            ranking.update(y, s)
            return ranking.delong().standard_error if interval else ranking.auc().value

        return call

    return make


def rows(options: Options) -> Sequence[Row]:
    """The rows of the table, and growth rows over the number of rows."""
    huge, many, few = options.cut(10**8, 1000), options.cut(2 * 10**7, 1000), options.cut(10**7, 1000)
    exact = {"byhand": ours, SQL: sql(AUC_SQL), "scikit-learn": sklearn, "polars rank": polars}
    exact |= {"torchmetrics": torchmetrics(), BINNED: torchmetrics(200), ONLY_AUC: only_auc}
    users = options.cut(10**6, 1000)
    found = [
        Row(
            "auc",
            f"AUC, {huge:,} rows",
            partial(logs, huge),
            {"byhand": ours, ONLY_AUC: only_auc, STREAM: stream},
            targets=(Faster(0.5, (STREAM,)), Faster(0.5, (STREAM,), ONLY_AUC), Lean(6.0, huge)),
            tolerance=0.0,
            memory=True,
            budget=60.0,
        ),
        Row(
            "peers",
            f"AUC, {many:,} rows",
            partial(logs, many),
            exact,
            targets=(Faster(15.0, (SQL,)),),
            tolerance=1e-9,
            tolerances={"torchmetrics": 1e-4, BINNED: 1e-2},
            once=frozenset([SQL, "scikit-learn", "torchmetrics", "polars rank"]),
            memory=True,
            budget=30.0,
        ),
        Row(
            "gauc",
            f"GAUC, {many:,} rows of {users:,} users",
            partial(logs, many, users),
            {"byhand": groups, SQL: sql(GAUC_SQL)},
            targets=(Faster(10.0, (SQL,)), Lean(1e9 / many, many)),
            tolerance=1e-12,
            once=frozenset([SQL]),
            memory=True,
            budget=30.0,
        ),
        Row(
            "users",
            f"GAUC, {few // 50:,} rows of {max(few // 1000, 10):,} users",
            partial(logs, few // 50, max(few // 1000, 10)),
            {"byhand": groups, FUXI: pool},
            targets=(Faster(50.0, (FUXI,)),),
            tolerance=1e-12,
            once=frozenset([FUXI]),
        ),
        Row(
            "delong",
            f"DeLong's interval, {few:,} rows in memory",
            partial(logs, few),
            {"byhand": in_memory(True), ONLY_AUC: in_memory(False)},
            targets=(Faster(1 / 3, (ONLY_AUC,)),),
            tolerances={ONLY_AUC: np.inf},
        ),
    ]
    for power in range(5, 7 if options.quick else 9):
        data, contestants = partial(logs, 10**power), {"byhand": ours, STREAM: stream}
        found.append(Row(f"growth-{power}", f"{10**power:,} rows", data, contestants, growth=10**power, budget=20.0))
    return found
