"""One process: DuckDB reads in its threads, while this one folds the batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from byhand.evaluate import GroupAuc
from byhand.evaluate.engines.fold import Fold
from byhand.evaluate.engines.groups import group_areas
from byhand.evaluate.reading.files import Files
from byhand.evaluate.reading.log import Log, Slices, open_log
from byhand.evaluate.reading.question import Question
from byhand.evaluate.reading.refused import Refused

Progress = Callable[[str, int, int | float | None], None]
"""What is done now, rows so far, and rows in all: int, float for an estimate, or None if nothing is known."""


@dataclass
class Local:
    """Reads a log in this process. ``rows`` is how many it has, as :meth:`Log.count` tells before they are read."""

    log: Log
    progress: Progress
    rows: int | float | None = None

    def fold(self, fold: Fold, slices: Slices, step: str) -> Fold:
        """All rows of the log in ``fold``, which is returned."""
        fold_rows(self.log, fold, slices, lambda rows: self.progress(step, rows, self.rows))
        self.rows = fold.rows
        return fold

    def groups(self, rows: int) -> list[GroupAuc]:
        """GAUC of each model; ``rows`` is the number of rows of the log."""
        return group_areas(self.log, rows, lambda done: self.progress("groups", done, rows))


def fold_rows(log: Log, fold: Fold, slices: Slices, progress: Callable[[int], None] = lambda rows: None) -> Fold:
    """Update ``fold`` with all rows of a log."""
    for rows in log.batches(slices):
        fold.update(rows)
        progress(fold.rows)
    return fold


def fold_files(files: Files, question: Question, slices: Slices, fold: Fold, threads: int | None = None) -> Fold:
    """The same for some of a log's files, in a worker; unlike a log, they may be without rows."""
    try:
        with open_log(files, question, threads=threads) as log:
            return fold_rows(log, fold, slices)
    except Refused as error:
        if error.key != "no rows":
            raise
        return fold
