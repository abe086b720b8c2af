"""What a calling convention costs, and the pages that it stands for."""

from __future__ import annotations

from functools import cache

from byhand.judge.diagnosis import clinic

MISTAKEN = 100
"""Cost of a calling convention that is a mistake itself."""
AGAINST = 40
"""Cost of a way that the names of the program speak against."""


@cache
def known(*ids: str) -> tuple[str, ...]:
    """Those of ``ids`` that the clinic has."""
    pages = {page.id for page in clinic.all_pages()}
    return tuple(id for id in ids if id in pages)
