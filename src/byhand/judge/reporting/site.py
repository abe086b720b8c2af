"""Where the site is whose pages explain mistakes, for reports to link to.

``BYHAND_SITE`` is its address, or the folder in which it is. Without it, that of a clone is taken, if ``make docs`` has
built it. Elsewhere there is none, and reports say ``byhand explain`` instead.
"""

from __future__ import annotations

import os
from pathlib import Path

CLONE = Path(__file__).parents[4]
"""The folder of a clone, if byhand runs from one."""


def folder() -> Path | None:
    """The folder of the site on this machine; None if there is none."""
    named = os.environ.get("BYHAND_SITE")
    if named is not None and (not named or "://" in named):
        return None
    found = Path(named) if named else CLONE / "site"
    is_built = (found / "mistakes" / "index.html").is_file() and (bool(named) or (CLONE / "pyproject.toml").is_file())
    return found.absolute() if is_built else None


def published(id: str, lang: str) -> str:
    """The address of a mistake's page that everybody can open, from ``BYHAND_SITE``; "" if it is on this machine."""
    named = os.environ.get("BYHAND_SITE", "")
    return f"{named.rstrip('/')}/{place(id, lang)}" if named.startswith(("http://", "https://")) else ""


def address(id: str, lang: str) -> str:
    """The address of a mistake's page, here or elsewhere; "" if there is no site."""
    here = folder()
    return (here / place(id, lang)).as_uri() if here else published(id, lang)


def place(id: str, lang: str) -> str:
    """Where the page of a mistake is inside the site."""
    return f"{'zh/' if lang == 'zh' else ''}mistakes/{id}.html"
