"""ROC AUC of rows that come in batches, from several processes, or from files of any size."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand.evaluate import DeLong, Estimate, Ranking, Reader, all_merge
from byhand.evaluate.keys import KINDS, kind_of, stored
from byhand.evaluate.ranking import MEMORY
from byhand.metrics._inputs import read
from byhand.metrics.roc_auc import ONE_CLASS, UndefinedMetricWarning


class RocAuc:
    """ROC AUC of all batches so far, exact, in bounded memory; the same bits for any order and split of the rows.

    Up to about 1.3 · 10⁸ rows of scores of 32 bits, or 3.3 · 10⁷ of 64 bits, AUC is exact. Beyond, it has certain
    bounds, :meth:`interval`, about 10⁻⁶ apart; :meth:`finish` reads the rows again to make it exact. Rounded or 16-bit
    scores are exact for any number of rows.

    It takes the place of torchmetrics' ``BinaryAUROC``, and of ``AUROC(task="binary")``: ``update(preds, target)``,
    ``compute``, ``reset``, and calling it. Results are floats, not tensors, and nan where torchmetrics gives 0: with
    one class only. Logits rank as they are; torchmetrics' sigmoid may make different ones equal.

    Args:
        memory: bytes to keep, at least 8 MiB (see :class:`byhand.evaluate.Ranking`).
        process_group: of ``torch.distributed``, such as ``torch.distributed.group.WORLD``: then results are those of
            the rows of all its ranks, and all ranks must ask for them together. Each sends at most about ``memory``
            bytes, however many rows it has. None: of this process alone.

    >>> metric = RocAuc()
    >>> metric.update([0, 0], [0.1, 0.4])
    >>> metric.update([1, 1], [0.35, 0.8])
    >>> metric.compute()
    0.75
    """

    def __init__(self, *, memory: int = MEMORY, process_group: Any = None) -> None:
        self._ranking = Ranking(memory=memory)
        self.process_group = process_group

    def update(
        self, labels: Any = None, scores: Any = None, weights: Any = None, *, preds: Any = None, target: Any = None
    ) -> None:
        """Add rows. Nothing is added if an argument is wrong.

        If the first argument is floating point and the second one is not, they are torchmetrics' ``preds, target``;
        else they are labels and scores. Where both are floating point, give names.

        Args:
            labels: bools, or numbers 0 and 1, of any shape; a list, an array or a tensor on any device.
            scores: of the same shape.
            weights: of the same shape; for all batches or for none. Multiples of 2⁻²⁰ are exact.
            preds: torchmetrics' name for ``scores``.
            target: torchmetrics' name for ``labels``.

        Raises:
            ValueError: a label other than 0 and 1, a nan score, a weight below 0 or not finite, with its row; another
                dtype of scores than before; shapes that differ; an argument that is missing.
        """
        _update(self._ranking, labels, scores, weights, preds, target)

    def forward(self, *args: Any, **kwargs: Any) -> float:
        """Add rows as :meth:`update` does, and return AUC of these rows alone; nan if they have one class only."""
        batch = Ranking(memory=self._ranking.memory)
        _update(batch, *args, **kwargs)
        value = batch.auc().value
        if self._ranking.n_passes > 1:
            _update(self._ranking, *args, **kwargs)
        else:
            self._ranking.merge(batch)
        return value

    __call__ = forward

    def compute(self) -> float:
        """AUC of all rows, correctly rounded, or the middle of :meth:`interval`; nan if there is one class only.

        Warns:
            UndefinedMetricWarning: the result is nan.
        """
        value = self.interval().value
        if math.isnan(value):
            warnings.warn(f"`labels` of `RocAuc` {ONE_CLASS}: nan.", UndefinedMetricWarning, stacklevel=2)
        return value

    def interval(self) -> Estimate:
        """AUC and the bounds between which it certainly is, from these rows; equal if AUC is exact."""
        return self._all().auc()

    def delong(self, confidence: float = 0.95) -> DeLong:
        """AUC, its standard error and a confidence interval, if the rows are a sample of more."""
        return self._all().delong(confidence)

    @property
    def done(self) -> bool:
        """Whether AUC is exact."""
        return self._all().done

    def next_pass(self) -> None:
        """Begin another pass, which looks at scores too close for the last one: all rows are to be added once more."""
        ranking = self._all()
        ranking.next_pass()
        self._ranking = ranking

    def finish(self, reader: Reader, *, tolerance: float = 0.0, first: bool = False) -> float:
        """Read rows again until AUC is exact, or its bounds are within ``tolerance``; return it.

        Args:
            reader: gives all rows of this process at each iteration, in batches of labels, scores and optional weights.
            tolerance: how far apart the bounds may be.
            first: whether the rows are still to be read for the first time.
        """
        while True:
            if first:
                for batch in reader:
                    self.update(*batch)
            ranking = self._all()
            if ranking.width() <= tolerance:
                return self.compute()
            self.next_pass()
            first = True

    def merge(self, other: RocAuc) -> None:
        """Add the rows of another metric, which must not be used afterwards.

        Raises:
            ValueError: it has another dtype of scores or other memory.
        """
        if not isinstance(other, RocAuc):
            raise must_be("other", "merge", "a RocAuc", type(other).__name__, ValueError)
        self._ranking.merge(other._ranking)

    def reset(self) -> None:
        """Forget all rows."""
        self._ranking = Ranking(memory=self._ranking.memory)

    def state_dict(self) -> dict[str, Tensor]:
        """The rows of this process as one tensor of bytes, for a checkpoint: the same bytes for the same rows."""
        return {"ranking": torch.from_numpy(np.frombuffer(self._ranking.to_bytes(), np.uint8).copy())}

    def load_state_dict(self, state_dict: dict[str, Tensor]) -> None:
        """Go on from :meth:`state_dict`.

        Raises:
            ValueError: the state is cut off, or that of something else.
        """
        if "ranking" not in state_dict:
            raise must_be("state_dict", "load_state_dict", "that of a RocAuc", f"keys {list(state_dict)}", ValueError)
        self._ranking = Ranking.from_bytes(state_dict["ranking"].cpu().numpy().tobytes())

    def __getstate__(self) -> dict[str, Any]:
        return {"ranking": self._ranking}  # a process group stays in its process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._ranking, self.process_group = state["ranking"], None

    def _all(self) -> Ranking:
        """The state of all ranks."""
        return self._ranking if self.process_group is None else all_merge(self._ranking, self.process_group)


def _update(
    ranking: Ranking,
    labels: Any = None,
    scores: Any = None,
    weights: Any = None,
    preds: Any = None,
    target: Any = None,
) -> None:
    if preds is not None or target is not None:
        if scores is not None:
            raise must_be("scores", "update", "left out beside `preds` and `target`", "both", ValueError)
        if labels is not None:  # update(x, target=…) or update(x, preds=…)
            preds, target = (labels, target) if preds is None else (preds, labels)
        labels, scores = target, preds
    elif labels is not None and scores is not None and _floats(labels) and not _floats(scores):
        labels, scores = scores, labels
    for name, x in (("labels", labels), ("scores", scores)):
        if x is None:
            raise must_be(name, "update", "given", "nothing", ValueError)
    shape, others = tuple(np.shape(labels)), tuple(np.shape(scores))
    if shape != others:
        raise must_be("scores", "update", f"of the shape of `labels`, {shape}", f"shape {others}", ValueError)
    if not math.prod(shape):
        return
    w = None if weights is None else _numbers(_flat(weights, "weights"))
    if w is not None and len(w) != math.prod(shape):
        raise must_be("weights", "update", f"as many as `labels`, {math.prod(shape)}", len(w), ValueError)
    found = _flat(scores, "scores")
    x = _numbers(found)
    if isinstance(found, Tensor) and found.dtype == torch.bfloat16:
        bits, kind = found.view(torch.int16).numpy(), KINDS["bfloat16"]
    else:
        kind = kind_of(x)
        bits = stored(x, kind)
    ranking.update_stored(_numbers(_flat(labels, "labels")), bits, kind, w, x)


def _flat(x: Any, argument: str) -> Tensor | NDArray[Any]:
    """One column, on the CPU; a tensor if torch has the dtype."""
    found = read(
        x.reshape(-1) if isinstance(x, Tensor) else x if np.ndim(x) <= 2 else np.reshape(x, -1), argument, "update"
    )
    return (found.cpu() if isinstance(found, Tensor) else found).reshape(-1)


def _numbers(x: Tensor | NDArray[Any]) -> NDArray[Any]:
    """An array of the same numbers; of torch's own types, in float32."""
    if isinstance(x, Tensor):
        return (x.float() if x.dtype == torch.bfloat16 else x).numpy()
    return x


def _floats(x: Any) -> bool:
    """Whether an argument is floating point."""
    if isinstance(x, Tensor):
        return x.is_floating_point()
    return np.asarray(x).dtype.kind == "f"
