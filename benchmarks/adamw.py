"""AdamW, with float32 and bfloat16 moments, and its time against the number of tensors."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import torch

from benchmarks import _optimizers
from benchmarks._optimizers import NARROW, NEW_ADDRESSES, THEIRS
from benchmarks._row import Faster, Options, Row
from byhand import optim

TITLE = "AdamW"
NOTE = "float32. Bytes for each element: 28; θ, g, m and v are read, θ, m and v written; 20 with bfloat16 moments."
GROWTH = "tensors of 256 numbers"

TARGETS = {
    "gpt2": (Faster(1.0, ("torch fused",)), Faster(4.0, ("torch",)), Faster(1.25, ("torch fused",), NARROW)),
    "small": (Faster(10.0, ("torch fused",)),),
    "medium": (Faster(2.0, ("torch fused",)),),
    "mlp": (Faster(1.0, ("torch fused",)),),
}


def rows(options: Options) -> Sequence[Row]:
    """The rows of the table, and growth rows over the number of tensors."""
    found = _optimizers.rows(
        optim.AdamW, torch.optim.AdamW, 28, options, narrow_bytes=20, best=False, lr=1e-3, weight_decay=0.01
    )
    table = [replace(row, targets=TARGETS[row.key]) for row in found]
    base = found[1].contestants
    for n in (6, 60) if options.quick else (6, 30, 100, 300, 1000, 3000, 10000):
        some = {name: make for name, make in base.items() if name in ("byhand", NEW_ADDRESSES, *THEIRS)}
        shapes = partial(_optimizers.data, [(256,)] * n)
        table.append(
            Row(f"growth-{n}", f"{n} tensors of 256", shapes, some, 28 * 256 * n, tolerance=1e-3, growth=n, budget=1.5)
        )
    return table
