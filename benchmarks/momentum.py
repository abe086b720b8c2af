"""SGD with momentum."""

from collections.abc import Sequence

import torch

from benchmarks import _optimizers
from benchmarks._row import Options, Row
from byhand import optim

TITLE = "Momentum"
NOTE = "float32, μ = 0.9. Bytes for each element: 20; θ, g and v are read, θ and v written."


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    return _optimizers.rows(optim.SGD, torch.optim.SGD, 20, options, lr=1e-3, momentum=0.9)
