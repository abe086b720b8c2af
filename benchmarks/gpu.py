"""Losses and optimizer steps on a CUDA device, beside torch's; nothing is measured where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks import cross_entropy
from benchmarks._harness import time_call
from benchmarks._optimizers import THEIRS, gpt2
from benchmarks._row import Call, Faster, Make, NotHere, Options, Row
from byhand import losses, optim

TITLE = "On a GPU"
NOTE = (
    "Each call waits until the device has finished. With 2000 tensors of 16 numbers a step takes the time in which the "
    "host tells the device what to do."
)

LARGE = 1 << 31  # bytes, far more than the device's cache
DTYPES = {torch.float32: "float32", torch.bfloat16: "bfloat16"}

# Rows and classes, and the dtype of the logits.
SIZES = [(8192, 128256, torch.bfloat16), (2048, 50257, torch.float32), (65536, 1000, torch.float32)]


def device() -> torch.device:
    """The device to measure on.

    Raises:
        NotHere: torch finds none.
    """
    if not torch.cuda.is_available():
        raise NotHere("torch finds no CUDA device here")
    return torch.device("cuda")


def limits(quick: bool) -> dict[str, float]:
    """The device's bandwidth in a large copy, in bytes per second, reads plus writes."""
    x = torch.ones((LARGE >> 6 if quick else LARGE) // 4, device=device())
    y = torch.empty_like(x)
    copy = waiting(lambda: y.copy_(x))
    copy()
    return {"copy on the GPU": 2 * x.nbytes / median(time_call(copy) for _ in range(7))}


def waiting(call: Call) -> Call:
    """The call, until the device has finished."""

    def whole() -> Any:
        value = call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return value

    return whole


def contestant(make: Make) -> Make:
    """A contestant whose calls wait for the device."""

    def made(*inputs: Any) -> Call | tuple[Call, Call]:
        calls = make(*inputs)
        return (waiting(calls[0]), waiting(calls[1])) if isinstance(calls, tuple) else waiting(calls)

    return made


def logits(shape: Sequence[int], dtype: torch.dtype, on: torch.device) -> Tensor:
    """Logits that require a gradient."""
    torch.manual_seed(0)
    return torch.randn(*shape, device=on, dtype=dtype).requires_grad_()


def classes(R: int, C: int, dtype: torch.dtype, on: torch.device) -> tuple[Tensor, Tensor]:
    """Logits, and a class for each row."""
    return logits((R, C), dtype, on), torch.randint(C, (R,), device=on)


def pairs(shape: Sequence[int], on: torch.device) -> tuple[Tensor, Tensor]:
    """Logits, and a probability for each of them."""
    return logits(shape, torch.float32, on), torch.rand(*shape, device=on)


def grads(shapes: Sequence[tuple[int, ...]], dtype: torch.dtype, on: torch.device) -> tuple[list[Tensor]]:
    """The gradients; each contestant makes its own parameters from them."""
    torch.manual_seed(0)
    return ([torch.randn(shape, device=on, dtype=dtype).mul_(0.01) for shape in shapes],)


def stepper(optimizer: Callable[..., torch.optim.Optimizer]) -> Make:
    """A contestant: ``step()`` of an optimizer with its own parameters. Results differ by roundings of many steps."""

    def make(given: list[Tensor]) -> Call:
        params = [g.mul(-0.1).requires_grad_() for g in given]
        for p, g in zip(params, given, strict=True):
            p.grad = g
        step = optimizer(params).step
        return lambda: step()

    return make


def of_losses(options: Options, on: torch.device) -> list[Row]:
    """The rows of the losses, forward + backward."""

    def row(title: str, ours: Any, theirs: Any, data: Any, tolerance: float = 1e-3) -> Row:
        makes = {"byhand": contestant(cross_entropy.step(ours)), "torch": contestant(cross_entropy.step(theirs))}
        return Row(title, title, data, makes, targets=(Faster(1.0, ("torch",)),), tolerance=tolerance, budget=2.0)

    found = []
    for R, C, dtype in SIZES:
        R, C = options.cut(R), options.cut(C)
        title, data = f"cross-entropy of {R} × {C}, {DTYPES[dtype]}", partial(classes, R, C, dtype, on)
        tolerance = 1e-3 if dtype is torch.float32 else 1e-2  # torch rounds the loss of each row to bfloat16
        found.append(row(title, losses.cross_entropy, F.cross_entropy, data, tolerance))
    smooth = partial(losses.cross_entropy, label_smoothing=0.1), partial(F.cross_entropy, label_smoothing=0.1)
    found.append(row(f"cross-entropy of {R} × {C}, smoothing", *smooth, data))
    shape = (options.cut(16, 16), 1, 512, 512)
    ours, theirs = losses.binary_cross_entropy_with_logits, F.binary_cross_entropy_with_logits
    found.append(row(f"binary cross-entropy of {shape}", ours, theirs, partial(pairs, shape, on)))
    return found


def of_optimizers(options: Options, on: torch.device) -> list[Row]:
    """The rows of the optimizers."""
    large, n = gpt2(2, 64, 785, 64) if options.quick else gpt2(), options.cut(2000, 20)
    sizes: list[tuple[str, Any, torch.dtype]] = [
        ("GPT-2", large, torch.float32),
        ("GPT-2, bfloat16", large, torch.bfloat16),  # byhand's moments are in float32
        (f"{n} tensors of 16", [(16,)] * n, torch.float32),
    ]
    found = []
    for name, ours, theirs, settings in (
        ("AdamW", optim.AdamW, torch.optim.AdamW, {}),
        ("SGD with momentum", optim.SGD, torch.optim.SGD, {"momentum": 0.9}),
    ):
        ways = [("byhand", partial(ours, **settings))]
        ways += [(way, partial(theirs, **settings, **how)) for way, how in THEIRS.items()]
        for size, shapes, dtype in sizes:
            makes = {way: contestant(stepper(make)) for way, make in ways}
            title, target = f"{name}, {size}", Faster(1.0, ("torch foreach", "torch fused"))
            found.append(Row(title, title, partial(grads, shapes, dtype, on), makes, targets=(target,), budget=2.0))
    return found


def rows(options: Options) -> list[Row]:
    """All rows."""
    on = device()
    return of_losses(options, on) + of_optimizers(options, on)
