"""What the cells of the losses share: layouts of tensors, and the two contestants of a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from benchmarks._row import Call, Faster, Make, Row

SLOWEST = 1.1
"""The ratio of byhand's time to torch's up to which a cell needs no explanation."""
BUDGET = 0.4

Loss = Callable[..., Tensor]
Inputs = tuple[Tensor, ...]
"""The tensor whose gradient is computed, and the other arguments of a loss."""


def strided(x: Tensor) -> Tensor:
    """Every second column of a tensor."""
    return torch.stack([x, x], -1).flatten(-2)[..., ::2]


LAYOUTS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "contiguous": lambda x: x,
    "channels last": lambda x: x.to(memory_format=torch.channels_last),
    "transposed": lambda x: x.t().contiguous().t(),
    "strided": strided,
}


def layouts_of(shape: Sequence[int]) -> list[str]:
    """The layouts that a tensor of this shape can have."""
    return ["contiguous", *{2: ["transposed", "strided"], 4: ["channels last"]}.get(len(shape), [])]


def backward(loss: Loss) -> Make:
    """A contestant: the loss and its gradients. Freeing them is timed too."""

    def make(*inputs: Tensor) -> tuple[Call, Call]:
        leaves = [x for x in inputs if x.requires_grad]
        value = loss(*inputs)
        up = torch.ones_like(value) if value.ndim else None

        def call() -> None:
            loss(*inputs).backward(up)
            for x in leaves:
                x.grad = None

        def result() -> list[Tensor]:
            value = loss(*inputs)
            return [value, *torch.autograd.grad(value, leaves, up)]

        return call, result

    return make


def forward(loss: Loss) -> Make:
    """A contestant: the loss without gradients."""

    def make(*inputs: Tensor) -> Call:
        plain = [x.detach() for x in inputs]
        return lambda: loss(*plain)

    return make


def cell(
    key: str, data: Callable[[], Inputs], ours: Loss, theirs: Mapping[str, Loss], gradient: bool = True
) -> Iterator[Row]:
    """The two rows of a cell, with a gradient and without."""
    for how, contestant in (("forward + backward", backward), ("forward", forward)):
        contestants = {"byhand": contestant(ours)} | {name: contestant(loss) for name, loss in theirs.items()}
        if gradient or how == "forward":
            target, title = Faster(1 / SLOWEST, tuple(theirs)), f"{key}/{how}"
            yield Row(title, title, data, contestants, targets=(target,), tolerance=1e-3, budget=BUDGET)


def leaf(shape: Sequence[int], layout: str, like: Callable[[Tensor], Tensor] = lambda x: x) -> Tensor:
    """Random numbers of a layout that require a gradient."""
    torch.manual_seed(0)
    return LAYOUTS[layout](like(torch.randn(*shape))).requires_grad_()
