"""The first line of the files that ``byhand practice`` writes: it says to which exercise or hunt a file belongs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Header", "header_of"]

_LINE = re.compile(r"^# byhand (practice|hunt): ([a-z_]+(?:/[a-z0-9_]+)?), (torch|numpy|python)(?:, ([0-9a-f]+))?\s*$")
_LOOKED_AT = 50
"""Lines of each text in which the header is looked for: a learner may have put something above it."""


@dataclass(frozen=True)
class Header:
    """What a file of ``byhand practice`` is."""

    kind: Literal["practice", "hunt"]
    name: str
    """The id of the exercise; of a hunt, its formula."""
    library: str
    token: str = ""
    """Of a hunt: which one."""

    def __str__(self) -> str:
        return f"# byhand {self.kind}: {', '.join(filter(None, (self.name, self.library, self.token)))}"


def header_of(text: str) -> Header | None:
    """The header of a script, or of a notebook in its JSON form; None if it has none."""
    for part in _parts(text):
        for line in part.split("\n")[:_LOOKED_AT]:
            if found := _LINE.match(line):
                kind: Literal["practice", "hunt"] = "hunt" if found[1] == "hunt" else "practice"
                return Header(kind, found[2], found[3], found[4] or "")
    return None


def _parts(text: str) -> list[str]:
    """The script, or the notebook's cells."""
    if not text.lstrip().startswith("{"):
        return [text]
    try:
        cells = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
