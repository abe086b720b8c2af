"""How far the distribution of scores has moved between two logs."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.batches import BadRow, columns
from byhand.evaluate.keys import for_kernel
from byhand.evaluate.storage import pack, unpack


class Scores:
    """A histogram of scores in fixed bins; mergeable.

    Args:
        edges: ascending; the bins are below the first, from each to the next, and from the last on. By default 20 bins
            of equal width from 0 to 1. Deciles of a reference log are usual for PSI: `Ranking.quantile_edges`.

    Attributes:
        counts: (edges + 1,) int64.
    """

    def __init__(self, edges: Any = None) -> None:
        self.edges = np.asarray(np.arange(21) / 20 if edges is None else edges, np.float64)
        if self.edges.ndim != 1 or np.isnan(self.edges).any() or not (np.diff(self.edges) > 0).all():
            raise must_be("edges", "Scores", "ascending numbers", repr(edges), ValueError)
        self.counts = np.zeros(len(self.edges) + 1, np.int64)

    def update(self, scores: Any) -> None:
        """Add (n,) scores.

        Raises:
            BadRow: a score is nan; then nothing is added.
        """
        from byhand.kernels.numba.evaluate.rows import add_to_bins

        (x,) = columns(scores=scores)
        if x.dtype.kind not in "biuf":
            raise must_be("scores", "update", "numbers", f"dtype {x.dtype}", ValueError)
        x = for_kernel(np.ascontiguousarray(x, np.float32 if x.dtype == np.float32 else np.float64))
        counts = np.zeros_like(self.counts)
        if (row := add_to_bins(x, self.edges, np.empty(0, np.int64), counts)) >= 0:
            raise BadRow(int(row), "scores", "a number", x[row])
        self.counts += counts

    def merge(self, other: Scores) -> None:
        """Add the scores of another state with the same edges."""
        if not np.array_equal(self.edges, other.edges):
            raise must_be("other", "merge", "a state with the same edges", "others", ValueError)
        self.counts += other.counts

    def copy_empty(self) -> Scores:
        """An empty state with the same edges."""
        return Scores(self.edges)

    def to_bytes(self) -> bytes:
        """The state as bytes: the same for the same scores."""
        return pack("Scores", {}, {"edges": self.edges, "counts": self.counts})

    @classmethod
    def from_bytes(cls, data: bytes) -> Scores:
        """The state of :meth:`to_bytes`."""
        _, arrays = unpack("Scores", data)
        self = cls(arrays["edges"])
        self.counts = arrays["counts"].copy()
        return self


class Drift(NamedTuple):
    """The population stability index and KL(current ‖ reference), in nats."""

    psi: float
    kl: float


def drift(reference: Scores, current: Scores) -> Drift:
    """The distance of two histograms with the same edges.

        PSI = Σ (q − p) · ln(q / p),     KL = Σ q · ln(q / p)

    p and q are the shares of a bin in the reference and in the current log, with half a score more in each bin, so that
    an empty one has no infinite distance (Jeffreys' prior).

    >>> a, b = Scores([0.5]), Scores([0.5])
    >>> a.update([0.1, 0.2, 0.8, 0.9])
    >>> b.update([0.1, 0.7, 0.8, 0.9])
    >>> round(drift(a, b).psi, 4)
    0.1695
    """
    if not np.array_equal(reference.edges, current.edges):
        raise must_be("current", "drift", "counted with the edges of `reference`", "others", ValueError)
    p, q = (_shares(counts.counts) for counts in (reference, current))
    ratio = np.log(q / p)
    return Drift(math.fsum((q - p) * ratio), math.fsum(q * ratio))


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return shares
