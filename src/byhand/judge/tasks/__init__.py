"""The seven, as the judge knows them: the same file name as everywhere."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from byhand.judge.diagnosis.clinic import FORMULAS
from byhand.judge.task import Task

__all__ = ["task", "tasks"]


@cache
def task(name: str) -> Task[Any]:
    """The task of a formula's name."""
    found: Task[Any] = import_module(f"byhand.judge.tasks.{name}").TASK
    return found


def tasks() -> tuple[Task[Any], ...]:
    """All seven."""
    return tuple(task(name) for name in FORMULAS)
