"""Which files of a folder are judged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

ENDINGS = (".ipynb", ".py", ".md")
ASIDE = {"__pycache__", "node_modules", "site-packages", "venv", "env"}
"""Folders that contain no learner's files; those that begin with a dot are skipped too."""


def expanded(given: Sequence[str]) -> list[str]:
    """The given files, and those in given folders sorted by name, without duplicates."""
    found: dict[str, None] = {}
    for path in given:
        found |= dict.fromkeys(_below(path) if Path(path).is_dir() else [path])
    return list(found)


def _below(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in ASIDE and not name.startswith("."))
        for name in sorted(names):
            if name.endswith(ENDINGS) and not name.startswith("."):
                yield os.path.join(here, name)
