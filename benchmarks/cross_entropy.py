"""Cross-entropy of logits, forward and backward, with a new gradient tensor at each step."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks._row import FLOOR, Call, Faster, Leaner, Make, Options, Row
from byhand import losses

TITLE = "Cross-entropy, forward + backward"
NOTE = "float32 logits, int64 classes; a new gradient tensor at each step. Bytes: logits read, gradient written."

SIZES = {  # rows, classes, and the targets: how many times as fast as torch and as torch.compile
    "vocabulary": (2048, 50257, 8.0, 4.5),
    "thousand": (65536, 1000, 7.0, None),
    "ten": (1048576, 10, 10.0, None),
    "small": (128, 10, None, None),
}


def data(rows: int, classes: int) -> tuple[Tensor, Tensor]:
    """Logits and classes."""
    torch.manual_seed(0)
    return torch.randn(rows, classes).requires_grad_(), torch.randint(classes, (rows,))


def step(loss: Any, compiled: bool = False) -> Make:
    """A contestant: ``loss(x, y)`` and its backward pass. Freeing the gradient is timed too."""

    def make(x: Tensor, *rest: Tensor) -> tuple[Call, Call]:
        if compiled:
            torch._dynamo.reset()
        f = torch.compile(lambda *args: loss(*args), dynamic=False) if compiled else loss

        def call() -> None:
            f(x, *rest).backward()
            x.grad = None

        def result() -> list[Tensor | None]:
            value = f(x, *rest)
            value.backward()
            grad, x.grad = x.grad, None
            return [value, grad]

        return call, result

    return make


def copy_logits(x: Tensor, y: Tensor) -> Call:
    """A floor: read the logits, and write as many numbers to new memory."""

    def call() -> None:
        x.detach().clone()

    return call


def layer(rows: int, features: int, classes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Input and weight of a linear layer, and classes."""
    torch.manual_seed(0)
    weight = torch.randn(classes, features) / features**0.5
    return torch.randn(rows, features).requires_grad_(), weight.requires_grad_(), torch.randint(classes, (rows,))


def linear_step(loss: Any) -> Make:
    """A contestant: the loss of a linear layer from its input and weight, and its backward pass."""

    def make(x: Tensor, weight: Tensor, y: Tensor) -> tuple[Call, Call]:
        def result() -> list[Tensor | None]:
            value = loss(x, weight, y)
            value.backward()
            grads, x.grad, weight.grad = (x.grad, weight.grad), None, None
            return [value, *grads]

        return result, result

    return make


def rows(options: Options) -> Sequence[Row]:
    """All rows."""
    contestants = {
        "byhand": step(losses.cross_entropy),
        "torch": step(F.cross_entropy),
        FLOOR + "a copy of the logits into a new tensor": copy_logits,
    }
    inductor = {"torch.compile": step(F.cross_entropy, compiled=True)}
    found = []
    for key, (R, C, eager, compiled) in SIZES.items():
        R = options.cut(R) if eager else R
        speedups = {"torch": eager, "torch.compile": compiled}
        targets = [Faster(by, (peer,)) for peer, by in speedups.items() if by]
        found.append(
            Row(
                key,
                f"{R} × {C}",
                partial(data, R, C),
                contestants if options.quick and key != "vocabulary" else contestants | inductor,
                bytes=8 * R * C,
                targets=tuple(targets),
                memory=bool(eager),
            )
        )
    R, D, C = options.cut(4096), options.cut(1024, 8), 50257
    return [
        *found,
        Row(
            "linear",
            f"linear layer, {R} × {D} × {C}",
            partial(layer, R, D, C),
            {"byhand": linear_step(losses.linear_cross_entropy), "torch": linear_step(F.linear_cross_entropy)},
            targets=(Faster(1.0, ("torch",)), Leaner(8.0, "torch")),
            tolerance=1e-3,
            memory=True,
            budget=30.0,
        ),
    ]
