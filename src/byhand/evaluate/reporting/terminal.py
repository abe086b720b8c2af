"""An evaluation on a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from byhand.evaluate.findings import Report
from byhand.evaluate.reporting.tables import Table, closing, skipped, tables, total


def show(console: Console, report: Report, lang: str = "en") -> None:
    """Print a report."""
    console.print(Text(total(report, lang), "bold"))
    if left_out := skipped(report.current, lang):
        console.print(Text(left_out, "yellow"))
    for table in tables(report, lang):
        console.print()
        console.print(Text(table.title, "bold"))
        console.print(_grid(table))
    console.print()
    console.print(Text(closing(report, lang), "dim"))


def _grid(table: Table) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for i, head in enumerate(table.heads):
        grid.add_column(Text(head), justify="right" if i else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*map(Text, row))
    return grid
