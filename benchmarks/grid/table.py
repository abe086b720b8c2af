"""The grid as tables: a line for each option and layout, a column for each size."""

from __future__ import annotations

from typing import Any

from benchmarks._row import OURS
from benchmarks.grid.cells import SLOWEST
from benchmarks.grid.reasons import reason_for

Found = dict[str, Any]
"""A measured row, as in benchmarks.json."""


def ratio(row: Found) -> float | None:
    """byhand's time divided by that of the fastest of torch's ways; None if either did not run."""
    cells = row["contestants"]
    ratios = [cell["ratio"] for name, cell in cells.items() if name != OURS and cell.get("ratio")]
    return 1 / min(ratios) if ratios and "error" not in cells.get(OURS, {"error": ""}) else None


def slow(rows: list[Found]) -> dict[str, float]:
    """The cells that take more than :data:`SLOWEST` of torch's time, the slowest first."""
    found = {row["key"]: value for row in rows if (value := ratio(row)) is not None and value > SLOWEST}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def table(rows: list[Found]) -> str:
    """The tables of all works, and a list of the cells above :data:`SLOWEST` with the place of their explanation."""
    works = dict.fromkeys(row["key"].split("/")[0] for row in rows)
    parts = [f"### {work[0].upper()}{work[1:]}\n\n" + _of_work(work, rows) for work in works]
    lines = [
        f"- {key.replace('/', ', ')}: {value:.2f}; {reason_for(key) or '**not explained**'}"
        for key, value in slow(rows).items()
    ]
    parts.append(f"### Above {SLOWEST:g}\n\n" + ("\n".join(lines) or "No cell, in this run."))
    return "\n\n".join(parts)


def _of_work(work: str, rows: list[Found]) -> str:
    """One table; an entry has the time with a gradient, and in brackets that without."""
    found: dict[tuple[str, str], dict[str, dict[str, float | None]]] = {}
    sizes: dict[str, None] = {}
    for row in rows:
        first, option, layout, size, how = row["key"].split("/")
        if first == work:
            sizes[size] = None
            found.setdefault((option, layout), {}).setdefault(size, {})[how] = ratio(row)
    lines = ["| | " + " | ".join(sizes) + " |", "|---|" + "--:|" * len(sizes)]
    for (option, layout), cells in found.items():
        name = option if layout == "contiguous" else f"{option}, {layout}"
        lines.append(f"| {name} | " + " | ".join(_entry(cells.get(size, {})) for size in sizes) + " |")
    return "\n".join(lines)


def _entry(cell: dict[str, float | None]) -> str:
    texts = [text if how != "forward" else f"({text})" for how, value in cell.items() if (text := _number(value))]
    return " ".join(texts)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"**{value:.2f}**" if value > SLOWEST else f"{value:.2f}"
