"""The seven tasks, one file each, with the name of its formula."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from byhand.judge.diagnosis.clinic import FORMULAS
from byhand.judge.task import Task

__all__ = ["task", "tasks"]


@cache
def task(name: str) -> Task[Any]:
    """The task for the name of a formula."""
    found: Task[Any] = import_module(f"byhand.judge.tasks.{name}").TASK
    return found


def tasks() -> tuple[Task[Any], ...]:
    """All seven tasks."""
    return tuple(task(name) for name in FORMULAS)
