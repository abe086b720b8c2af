"""Adam."""

from collections.abc import Sequence

import torch

from benchmarks import _optimizers
from benchmarks._row import Options, Row
from byhand import optim

TITLE = "Adam"
NOTE = "float32. Bytes for each element: 28; θ, g, m and v are read, θ, m and v written."


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    return _optimizers.rows(optim.Adam, torch.optim.Adam, 28, options, lr=1e-3)
