"""Shared by the benchmarks of optimizers: the shapes of parameters, and torch's three implementations of a step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from math import prod
from operator import attrgetter
from typing import Any

import torch
from torch import Tensor

from benchmarks._row import FLOOR, Call, Faster, Make, Options, Row

THEIRS = {
    "torch": {"foreach": False, "fused": False},  # torch's default on a CPU: a loop over the tensors
    "torch foreach": {"foreach": True},
    "torch fused": {"fused": True},
}
NARROW = "byhand, bfloat16 moments"
NEW_ADDRESSES = "byhand, gradients at new addresses"

Shapes = Sequence[tuple[int, ...]]


def gpt2(layers: int = 12, width: int = 768, words: int = 50257, places: int = 1024) -> Shapes:
    """The 148 tensors of GPT-2's smallest model, 124 million parameters."""
    pair = [(width,), (width,)]
    attention = [(width, 3 * width), (3 * width,), (width, width), (width,)]
    mlp = [(width, 4 * width), (4 * width,), (4 * width, width), (width,)]
    return [(words, width), (places, width), *(pair + attention + pair + mlp) * layers, *pair]


MLP = [(128, 784), (128,), (64, 128), (64,), (10, 64), (10,)]


def data(shapes: Shapes) -> tuple[list[Tensor]]:
    """The gradients; each contestant makes its own parameters from them."""
    torch.manual_seed(0)
    return ([torch.randn(shape).mul_(0.01) for shape in shapes],)


def stepper(optimizer: Callable[..., torch.optim.Optimizer], compiled: bool = False) -> Make:
    """A contestant: ``step()`` of an optimizer with its own parameters."""

    def make(grads: list[Tensor]) -> tuple[Call, Call]:
        params = [grad.mul(-0.1).requires_grad_() for grad in grads]
        for p, grad in zip(params, grads, strict=True):
            p.grad = grad
        call = optimizer(params).step
        if compiled:
            torch._dynamo.reset()
            call = torch.compile(call)

        def result() -> list[Tensor]:
            call()
            return params

        return call, result

    return make


def stepper_with_new_gradients(optimizer: Callable[..., torch.optim.Optimizer]) -> Make:
    """As :func:`stepper`, but all gradients have new addresses at each step; assigning them is timed too."""

    def make(grads: list[Tensor]) -> tuple[Call, Call]:
        params = [grad.mul(-0.1).requires_grad_() for grad in grads]
        step = optimizer(params).step
        sets = [[grad.clone() for grad in grads] for _ in range(2)]

        def call() -> None:
            sets.reverse()
            for p, grad in zip(params, sets[0], strict=True):
                p.grad = grad
            step()

        def result() -> list[Tensor]:
            call()
            return params

        return call, result

    return make


def read_and_write(moments: int) -> Make:
    """A floor: read θ, g and ``moments`` moments, and write all but g, tensor by tensor."""

    def make(grads: list[Tensor]) -> Call:
        params, *others = ([grad.clone() for grad in grads] for _ in range(1 + moments))

        def call() -> None:
            for p, grad in zip(params, grads, strict=True):
                p.add_(grad)
            for x in chain(*others):
                x.mul_(0.9)

        return call

    return make


def read_grads(grads: list[Tensor]) -> Call:
    """A floor: read ``.grad`` of each parameter in Python."""
    params = [grad.clone().requires_grad_() for grad in grads]
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad

    def call() -> None:
        deque(map(attrgetter("grad"), params), maxlen=0)

    return call


def rows(
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    bytes_each: int,
    options: Options,
    narrow_bytes: int = 0,
    best: bool = True,
    **settings: Any,
) -> list[Row]:
    """The rows of an optimizer.

    Args:
        ours: byhand's class.
        theirs: torch's class.
        bytes_each: how many bytes must be moved for each element.
        options: how to run.
        narrow_bytes: the same with moments in bfloat16; 0 if there is no such contestant.
        best: whether each row has the target to be as fast as torch's fastest; else the caller sets targets.
        **settings: arguments of both classes.
    """
    base = {"byhand": stepper(partial(ours, **settings))}
    base |= {name: stepper(partial(theirs, **settings, **how)) for name, how in THEIRS.items()}
    if options.compiled_steps:
        base["torch.compile"] = stepper(partial(theirs, **settings), compiled=True)
    narrow = {NARROW: stepper(partial(ours, **settings, moments="bfloat16"))} if narrow_bytes else {}
    floor = {FLOOR + "reading and writing the tensors": read_and_write((bytes_each - 12) // 8)}
    grads = {FLOOR + "reading .grad of each parameter": read_grads}
    new_addresses = {NEW_ADDRESSES: stepper_with_new_gradients(partial(ours, **settings))}
    large = gpt2(2, 64, 785, 64) if options.quick else gpt2()
    n, k = (100, 20) if options.quick else (2000, 500)
    sizes = [
        ("gpt2", f"{_count(large)} parameters in {len(large)} tensors, as GPT-2", large, base | narrow | floor),
        ("small", f"{n} tensors of 16", [(16,)] * n, base | new_addresses | grads),
        ("medium", f"{k} tensors of 64 × 64", [(64, 64)] * k, base | new_addresses | floor | grads),
        ("mlp", f"an MLP, {_count(MLP)} parameters in 6 tensors", MLP, base | new_addresses | floor),
    ]
    return [
        Row(
            key,
            title,
            partial(data, shapes),
            contestants,
            bytes=bytes_each * _numbers(shapes),
            moved={NARROW: narrow_bytes * _numbers(shapes)},
            targets=(Faster(1.0, tuple(THEIRS)),) if best else (),
            tolerance=1e-3,
            tolerances={NARROW: 0.05},
            memory=key == "gpt2" and bool(narrow_bytes),  # one optimizer is enough: the others have like temporaries
            budget=6.0 if key == "gpt2" else 3.0,
        )
        for key, title, shapes, contestants in sizes
    ]


def _numbers(shapes: Shapes) -> int:
    return sum(prod(shape) for shape in shapes)


def _count(shapes: Shapes) -> str:
    n = _numbers(shapes)
    return f"{n / 1e6:.0f} million" if n >= 1e6 else f"{n:,}"
