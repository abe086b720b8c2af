"""Reads all rows as often as it takes."""

from __future__ import annotations

from collections.abc import Callable

from byhand.evaluate.batches import Reader
from byhand.evaluate.ranking import Ranking


def finish(
    reader: Reader,
    ranking: Ranking,
    *,
    tolerance: float = 0.0,
    first: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Read passes until the bounds of AUC are within ``tolerance`` of each other.

    Args:
        reader: the rows; each iteration has all of them, in any order and split.
        ranking: the state, to which the rows are added.
        tolerance: 0 reads until AUC is exact.
        first: whether the first pass is still to be read.
        progress: called with the number of the pass and the rows read in it, after each batch.

    Returns:
        ``ranking``.

    Raises:
        ValueError: the rows are not the same in each pass; or what ``update`` raises.
    """
    while True:
        if first:
            rows = 0
            for batch in reader:
                ranking.update(*batch)
                rows += len(batch[0])
                if progress:
                    progress(ranking.n_passes, rows)
        if ranking.width() <= tolerance:
            return ranking
        ranking.next_pass()
        first = True
