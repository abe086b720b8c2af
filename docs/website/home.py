"""The first page: texts of ``home.md`` and ``home.zh-CN.md``, with the report and the table that the READMEs show."""

from __future__ import annotations

import re
from pathlib import Path

from website import ROOT, SUFFIX


def home(lang: str) -> str:
    """The first page in a language."""
    suffix = SUFFIX if lang == "zh" else ""
    text = (Path(__file__).parent / f"home{suffix}.md").read_text("utf-8")
    readme = (ROOT / f"README{suffix}.md").read_text("utf-8")
    for name in ("check", "bench"):
        found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", readme, re.DOTALL)
        if found is None:
            raise LookupError(f"README{suffix}.md has no part {name}")
        text = text.replace(f"<!-- {name} -->", found[1])
    return text
