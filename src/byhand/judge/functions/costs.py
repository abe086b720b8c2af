"""Costs of calling conventions, and the pages that they stand for."""

from __future__ import annotations

from functools import cache

from byhand.judge.diagnosis import clinic

MISTAKEN = 100
"""Cost of a calling convention that is a mistake itself."""
CONTRADICTED = 40
"""Cost of a calling convention that contradicts the names in the program."""


@cache
def known(*ids: str) -> tuple[str, ...]:
    """The ids among ``ids`` for which there is a page."""
    pages = {page.id for page in clinic.all_pages()}
    return tuple(id for id in ids if id in pages)
