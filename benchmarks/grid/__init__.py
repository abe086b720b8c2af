"""Every loss and optimizer in every option, layout and size, beside the best of torch's ways.

A row's key has the coordinates of its cell: ``cross-entropy/weight/channels last/21 classes/forward + backward``.
:mod:`benchmarks.grid.losses` and :mod:`benchmarks.grid.optimizers` list the cells, :mod:`benchmarks.grid.table` prints
them, and :mod:`benchmarks.grid.reasons` says where ``docs/limits.md`` explains a cell that takes longer than torch.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks._row import Options, Row
from benchmarks.grid import losses, optimizers
from benchmarks.grid.table import table

__all__ = ["NOTE", "TITLE", "rows", "table"]

TITLE = "Options, layouts and sizes"
NOTE = (
    "A number is byhand's time divided by that of the fastest of torch's ways: below 1 byhand is faster. Losses: "
    "forward and backward, in brackets forward alone. float32, except where a layout says otherwise. Cells above 1.1 "
    "are bold, and [limits.md](limits.md) explains them."
)


def rows(options: Options) -> Sequence[Row]:
    """All cells."""
    return [*losses.rows(options), *optimizers.rows(options)]
