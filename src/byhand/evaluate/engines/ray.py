"""Ray: plain tasks over files, and a tree that merges their states. Files must have the same names on all nodes.

A task that is lost with its worker is run again by Ray. Nothing of the result depends on it, since states are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from byhand.evaluate import GroupAuc, Paired
from byhand.evaluate.engines.fold import Fold
from byhand.evaluate.engines.groups import MEMORY, bytes_of, group_areas
from byhand.evaluate.engines.local import Progress, fold_files
from byhand.evaluate.reading.database import first_line
from byhand.evaluate.reading.files import Files
from byhand.evaluate.reading.log import Log, Slices, open_log
from byhand.evaluate.reading.question import Question
from byhand.evaluate.reading.refused import Refused

MOST_TASKS = 1000
"""Tasks of a pass; with more files than that, a task reads several."""

T = TypeVar("T")


@dataclass
class Ray:
    """Reads a log on a Ray cluster: that of ``RAY_ADDRESS``, else one that is started on this machine."""

    log: Log
    progress: Progress

    def fold(self, fold: Fold, slices: Slices, step: str) -> Fold:
        """All rows of the log in ``fold``, which is returned."""
        with _cluster() as ray:
            question, empty = self.log.question, ray.put(fold.copy_empty())
            work = ray.remote(num_cpus=1, num_returns=2)(_fold)
            tasks = [work.remote(part, question, slices, empty) for part in _parts(self.log.files)]
            self._watch(ray, [count for _, count in tasks], step)
            fold.merge(_merged(ray, [state for state, _ in tasks], _merge_folds))
        self.log.files.refuse_changed()
        return fold

    def groups(self, rows: int) -> list[GroupAuc]:
        """GAUC of each model: each task reads all files, and keeps the groups whose hash is its own."""
        with _cluster() as ray:
            models = len(self.log.question.scores)
            needed = math.ceil(bytes_of(rows, models) / MEMORY)
            shares = max(needed, int(ray.cluster_resources().get("CPU", 1)))
            work = ray.remote(num_cpus=1, num_returns=2)(_groups)
            tasks = [work.remote(self.log.files, self.log.question, i, shares) for i in range(shares)]
            self._watch(ray, [count for _, count in tasks], "groups")
            states: list[GroupAuc] = _merged(ray, [state for state, _ in tasks], _merge_groups)
        return states

    def _watch(self, ray: Any, counts: Sequence[Any], step: str) -> None:
        """Report the rows of tasks that have ended, until all have."""
        waiting, rows = list(counts), 0
        while waiting:
            ended, waiting = ray.wait(waiting)
            rows += sum(ray.get(ended))
            self.progress(step, rows, None)


def _fold(files: Files, question: Question, slices: Slices, empty: Fold) -> tuple[Fold, int]:
    fold = fold_files(files, question, slices, empty.copy_empty(), threads=1)
    fold.paired = {key: Paired.from_bytes(state.to_bytes()) for key, state in fold.paired.items()}  # without rankings
    return fold, fold.rows


def _groups(files: Files, question: Question, share: int, shares: int) -> tuple[list[GroupAuc], int]:
    """The groups whose hash leaves the remainder ``share``."""
    with open_log(files, question, threads=1) as log:
        assert log.columns.group is not None
        where = f"{log.columns.where} AND hash({log.columns.group.value}) % {shares} = {share}"
        part = replace(log, columns=replace(log.columns, where=where))
        rows = part.count_used()
        return group_areas(part, rows), rows


def _merge_folds(a: Fold, b: Fold) -> Fold:
    """Arguments of a task lie in shared memory, and cannot be written to."""
    both = a.copy_empty()
    both.merge(a)
    both.merge(b)
    return both


def _merge_groups(a: list[GroupAuc], b: list[GroupAuc]) -> list[GroupAuc]:
    for mine, theirs in zip(a, b, strict=True):
        mine.merge(theirs)
    return a


def _merged(ray: Any, states: list[Any], merge: Callable[[T, T], T]) -> T:
    """Merge pairs, and pairs of pairs, in tasks."""
    task = ray.remote(num_cpus=1)(merge)
    while len(states) > 1:
        pairs = zip(states[::2], states[1::2], strict=False)
        states = [task.remote(a, b) for a, b in pairs] + (states[-1:] if len(states) % 2 else [])
    found: T = ray.get(states[0])
    return found


def _parts(files: Files) -> list[Files]:
    """The files of each task, in order."""
    every = math.ceil(len(files.paths) / MOST_TASKS)
    return [
        replace(files, paths=files.paths[i : i + every], stamps=files.stamps[i : i + every])
        for i in range(0, len(files.paths), every)
    ]


@contextmanager
def _cluster() -> Iterator[Any]:
    """The module ``ray``, connected; its errors become sentences."""
    try:
        import ray
    except ImportError:
        raise Refused("no ray") from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, configure_logging=False)
    try:
        yield ray
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, Refused):
            raise error.cause from None
        raise Refused("worker", why=first_line(error.cause or error)) from None
    except ray.exceptions.RayError as error:
        raise Refused("worker", why=first_line(error)) from None
