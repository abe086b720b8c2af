"""The cells of the optimizers: formula × layout of the parameters × pattern of the gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor

from benchmarks._optimizers import THEIRS
from benchmarks._row import Call, Faster, Make, Options, Row
from benchmarks.grid.cells import BUDGET, SLOWEST, strided
from byhand import optim

OPTIMIZERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "Nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "Adam": ("Adam", {}),
    "AdamW": ("AdamW", {}),
    "AMSGrad": ("AdamW", {"amsgrad": True}),
}
"""For each row of the table, the name of the class and its options."""

LAST = torch.channels_last


def layouts(options: Options) -> dict[str, Callable[[], list[Tensor]]]:
    """The tensors of each layout, with random numbers."""
    cut = options.cut

    def many(n: int, *shape: int, change: Callable[[Tensor], Tensor] = lambda x: x) -> Callable[[], list[Tensor]]:
        return lambda: [change(torch.randn(shape)) for _ in range(n)]

    return {
        "500 of 16": many(cut(500), 16),
        "50 of 64 × 64": many(cut(50), 64, 64),
        "1 of 4 million": many(1, cut(1 << 22)),
        "channels last": many(20, 64, cut(64), 3, 3, change=lambda x: x.to(memory_format=LAST)),
        "transposed": many(20, 256, cut(256), change=lambda x: x.t()),
        "with gaps": many(20, 64, cut(64), change=strided),
        "bfloat16": many(20, 256, cut(256), change=lambda x: x.bfloat16()),
    }


def fixed(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """The same gradients at each step."""
    for p, g in zip(params, grads, strict=True):
        p.grad = g
    return lambda _: None


def new(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """Gradients at other addresses at each step."""
    sets = [grads, [g.clone() for g in grads]]

    def turn(_: Any) -> None:
        sets.reverse()
        for p, g in zip(params, sets[0], strict=True):
            p.grad = g

    return turn


def absent(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """Every other gradient is None, alternately the odd and the even ones."""
    first = [0]

    def turn(_: Any) -> None:
        first[0] += 1
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            p.grad = g if (i + first[0]) % 2 or len(params) == 1 else None

    return turn


def contiguous(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """Contiguous gradients, whatever the layout of the parameters."""
    return fixed(params, [g.contiguous() for g in grads])


def rates(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """A learning rate that is a number and a tensor in turn."""
    fixed(params, grads)
    values = [1e-3, torch.tensor(1e-3)]

    def turn(optimizer: Any) -> None:
        values.reverse()
        optimizer.param_groups[0]["lr"] = values[0]

    return turn


def swapped(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
    """``p.data`` is another tensor at each step, as in sharded training."""
    fixed(params, grads)
    sets = [[p.data for p in params], [p.data.clone() for p in params]]

    def turn(_: Any) -> None:
        sets.reverse()
        for p, x in zip(params, sets[0], strict=True):
            p.data = x

    return turn


PATTERNS: Mapping[str, tuple[Callable[..., Callable[[Any], None]], tuple[str, ...]]] = {
    "the same gradients": (fixed, tuple(THEIRS)),
    "new gradients": (new, tuple(THEIRS)),
    "None in turn": (absent, tuple(THEIRS)),
    "contiguous gradients": (contiguous, ("torch", "torch foreach")),  # torch's fused step reads them in wrong order
    "lr of two types": (rates, ("torch", "torch fused")),  # torch's foreach step takes no tensor
    "swapped data": (swapped, tuple(THEIRS)),
}
"""For each pattern, how it sets the gradients, and which of torch's ways are right for it."""


def contestant(make: Callable[..., Any], pattern: Callable[..., Callable[[Any], None]]) -> Make:
    """A step of an optimizer with its own parameters, after the pattern has set what changes."""

    def made(tensors: list[Tensor]) -> tuple[Call, Call]:
        params = [x.mul(-0.1).requires_grad_() if x.is_contiguous() else like(x) for x in tensors]
        optimizer = make(params)
        turn = pattern(params, [x.mul(0.01) if x.is_contiguous() else like(x, 0.01).detach() for x in tensors])

        def call() -> None:
            turn(optimizer)
            optimizer.step()

        def result() -> list[Tensor]:
            call()
            return params

        return call, result

    return made


def like(x: Tensor, by: float = -0.1) -> Tensor:
    """A leaf with the strides of ``x``, also where they leave gaps."""
    size = sum((n - 1) * stride for n, stride in zip(x.shape, x.stride(), strict=True)) + 1
    own = torch.zeros(size, dtype=x.dtype).as_strided(x.shape, x.stride())
    return own.copy_(x).mul_(by).requires_grad_()


def sparse(options: Options) -> Iterator[Row]:
    """Sparse gradients of an embedding; only SGD takes them."""
    words, width, rows = options.cut(50000), 64, options.cut(512)

    def data() -> tuple[list[Tensor]]:
        torch.manual_seed(0)
        return ([torch.randn(words, width)],)

    def some(params: list[Tensor], grads: list[Tensor]) -> Callable[[Any], None]:
        at = torch.randperm(words, generator=torch.Generator().manual_seed(1))[:rows].sort().values
        return fixed(params, [torch.sparse_coo_tensor(at[None], g[at], g.shape).coalesce() for g in grads])

    for name in ("SGD", "momentum"):
        kind, given = OPTIMIZERS[name]
        contestants = {
            who: contestant(partial(getattr(of, kind), lr=1e-3, **given), some)
            for who, of in (("byhand", optim), ("torch", torch.optim))
        }
        key = f"optimizers/{name}/sparse gradients/an embedding/step"
        yield Row(key, key, data, contestants, targets=(Faster(1 / SLOWEST, ("torch",)),), budget=BUDGET)


def rows(options: Options) -> Iterator[Row]:
    """All cells of the optimizers."""
    for (name, (kind, given)), (layout, tensors) in product(OPTIMIZERS.items(), layouts(options).items()):

        def data(tensors: Callable[[], list[Tensor]] = tensors) -> tuple[list[Tensor]]:
            torch.manual_seed(0)
            return (tensors(),)

        for pattern, (turn, right) in PATTERNS.items():
            if pattern == "contiguous gradients" and layout not in ("channels last", "transposed", "with gaps"):
                continue
            ways = [way for way in right if way != "torch fused" or layout != "with gaps"]  # it reads what lies between
            contestants = {"byhand": contestant(partial(getattr(optim, kind), lr=1e-3, **given), turn)}
            for way in ways:
                theirs = partial(getattr(torch.optim, kind), lr=1e-3, **given, **THEIRS[way])
                contestants[way] = contestant(theirs, turn)
            key, target = f"optimizers/{name}/{pattern}/{layout}/step", Faster(1 / SLOWEST, tuple(ways))
            tolerance = 0.05 if layout == "bfloat16" else 1e-3  # there torch's moments are in bfloat16 too
            yield Row(key, key, data, contestants, targets=(target,), tolerance=tolerance, budget=BUDGET)
    yield from sparse(options)
