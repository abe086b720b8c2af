"""SGD without momentum."""

from collections.abc import Sequence

import torch

from benchmarks import _optimizers
from benchmarks._row import Options, Row
from byhand import optim

TITLE = "SGD"
NOTE = "float32. Bytes for each element: 12; θ and g are read, θ written."


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    return _optimizers.rows(optim.SGD, torch.optim.SGD, 12, options, lr=1e-3)
