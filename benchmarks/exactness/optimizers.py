"""Errors of one step of each optimizer from random states: byhand's and torch's, against the formula in float64."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor

import byhand
from benchmarks.exactness.text import sci, table
from byhand import backend

N, STEP = 200_000, 100
PROMISED = 10  # ULP
Numbers = dict[str, np.ndarray[Any, np.dtype[Any]]]

# name: (ours, torch's, options)
OPTIMIZERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "SGD": (byhand.optim.SGD, torch.optim.SGD, {"lr": 1e-3}),
    "momentum": (byhand.optim.SGD, torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9}),
    "Adam": (byhand.optim.Adam, torch.optim.Adam, {"lr": 1e-3}),
    "AdamW": (byhand.optim.AdamW, torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 1e-2}),
}

# name: (whether it is byhand's, the backend of byhand or the options of torch)
WAYS: dict[str, tuple[bool, str | dict[str, bool]]] = {
    "byhand, numba": (True, "numba"),
    "byhand, formula": (True, "formula"),
    "torch, for-loop": (False, {"foreach": False, "fused": False}),
    "torch, foreach": (False, {"foreach": True}),
    "torch, fused": (False, {"fused": True}),
}


def state(name: str, start: str) -> dict[str, Tensor]:
    """θ, g and a state, with numbers of all scales from 1e-8 to 1e2; θ is 0 if ``start`` is ``"0"``."""
    generator = torch.Generator().manual_seed(0)

    def draw() -> Tensor:
        size = 10 ** (10 * torch.rand(N, generator=generator, dtype=torch.float64) - 8)
        sign = 1 - 2 * torch.randint(2, (N,), generator=generator)
        return (size * sign).float()

    theta, g, m, v = draw(), draw(), draw(), draw().square()
    theta = torch.zeros_like(theta) if start == "0" else theta
    if name == "SGD":
        return {"theta": theta, "g": g}
    if name == "momentum":
        return {"theta": theta, "g": g, "momentum_buffer": m}
    return {"theta": theta, "g": g, "exp_avg": m, "exp_avg_sq": v}


def exact(name: str, x: Numbers, options: dict[str, Any]) -> tuple[Numbers, Numbers]:
    """The results in float64; and for each number the largest term of its sum, whose ULP is the unit of its error."""
    theta, g, lr = x["theta"], x["g"], options["lr"]
    if name == "SGD":
        move, out, size = lr * g, {}, {}
    elif name == "momentum":
        v = options["momentum"] * x["momentum_buffer"] + g
        move, out = lr * v, {"momentum_buffer": v}
        size = {"momentum_buffer": np.maximum(abs(options["momentum"] * x["momentum_buffer"]), abs(g))}
    else:
        m, v = 0.9 * x["exp_avg"] + (1 - 0.9) * g, 0.999 * x["exp_avg_sq"] + (1 - 0.999) * g**2
        move = lr * (m / (1 - 0.9**STEP)) / (np.sqrt(v / (1 - 0.999**STEP)) + 1e-8)
        move = move + lr * options.get("weight_decay", 0.0) * theta
        out, size = {"exp_avg": m, "exp_avg_sq": v}, {"exp_avg": np.maximum(abs(0.9 * x["exp_avg"]), abs(0.1 * g))}
        size["exp_avg_sq"] = v
        scale = size["exp_avg"] / np.where(m == 0, 1, abs(m))  # the relative error of m passes to the update of θ
        return {"theta": theta - move, **out}, {"theta": np.maximum(abs(theta), abs(move) * scale), **size}
    scale = size.get("momentum_buffer", abs(g)) * lr
    return {"theta": theta - move, **out}, {"theta": np.maximum(abs(theta), scale), **size}


def step(name: str, way: str, numbers: dict[str, Tensor]) -> dict[str, Tensor]:
    """θ and the state after one step."""
    ours, how = WAYS[way]
    ours_class, torch_class, options = OPTIMIZERS[name]
    theta = numbers["theta"].clone().requires_grad_()
    optimizer = (ours_class if ours else torch_class)([theta], **options, **(how if isinstance(how, dict) else {}))
    states = {key: x.clone() for key, x in numbers.items() if key not in ("theta", "g")}
    if "exp_avg" in states:
        states["step"] = torch.tensor(float(STEP - 1))
    saved = optimizer.state_dict()
    saved["state"] = {0: states} if states else {}
    optimizer.load_state_dict(saved)
    theta.grad = numbers["g"].clone()
    context: AbstractContextManager[Any] = backend(how) if isinstance(how, str) else nullcontext()
    with context:
        optimizer.step()
    return {"theta": theta.detach(), **{k: x for k, x in optimizer.state[theta].items() if k in states and k != "step"}}


def ulps(found: Tensor, truth: Any, size: Any) -> float:
    """The largest error in float32 ULPs of ``size``."""
    ulp = np.exp2(np.maximum(np.floor(np.log2(np.maximum(size, 2.0**-126))), -126) - 23)
    return float((abs(found.double().numpy() - truth) / ulp).max())


def steps_table() -> str:
    """The table of errors after one step."""
    lines = []
    for name, (*_, options) in OPTIMIZERS.items():
        found: dict[str, list[str]] = {}
        for start in ("anywhere", "0"):
            numbers = state(name, start)
            truth, size = exact(name, {k: x.double().numpy() for k, x in numbers.items()}, options)
            for way in WAYS:
                for key, x in step(name, way, numbers).items():
                    error = ulps(x, truth[key], size[key])
                    assert error <= PROMISED or not WAYS[way][0], "the error of a step exceeds the promised bound"
                    label = {"anywhere": "θ", "0": "update, from θ = 0"}[start] if key == "theta" else key
                    if key == "theta" or start == "anywhere":
                        found.setdefault(label, []).append(f"{error:.2f}")
        lines += [[f"{name}: {label}", *cells] for label, cells in found.items()]
    return table(["worst error, ULP", *WAYS], lines)


def after_many_steps(
    steps: int, make: Callable[[Tensor], torch.optim.Optimizer], theta: Tensor, first: float
) -> Tensor:
    """Take a step with gradient ``first`` and ``steps`` steps with gradient 0.

    Returns the share of the second moment that is left, or nan if ``first`` is 0; and the mean of θ.
    """
    theta = theta.clone().requires_grad_()
    optimizer = make(theta)
    for i in range(steps + 1):
        theta.grad = torch.full_like(theta, first if i == 0 else 0.0)
        optimizer.step()
        if i == 0:
            start = optimizer.state[theta]["exp_avg_sq"].double().mean().item()
    left = optimizer.state[theta]["exp_avg_sq"].double().mean().item()
    return torch.tensor([left / start if first else float("nan"), theta.detach().double().mean().item()])


def decay_tables() -> tuple[str, str]:
    """The tables of a second moment and of a parameter after many steps with gradient 0."""
    makers: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "byhand": lambda x, **o: byhand.optim.AdamW([x], **o),
        'byhand, moments="bfloat16"': lambda x, **o: byhand.optim.AdamW([x], moments="bfloat16", **o),
        "torch, for-loop": lambda x, **o: torch.optim.AdamW([x], foreach=False, **o),
        "torch, foreach": lambda x, **o: torch.optim.AdamW([x], foreach=True, **o),
        "torch, fused": lambda x, **o: torch.optim.AdamW([x], fused=True, **o),
    }
    moments, weights = [], []
    for name, make in makers.items():
        left, _ = after_many_steps(1000, make, torch.ones(4096, dtype=torch.bfloat16), 1.0)
        moments.append([name, f"{left.item():.4f}"])
        theta = 1 + torch.rand(1024, generator=torch.Generator().manual_seed(0))
        _, end = after_many_steps(9_999, lambda x, make=make: make(x, weight_decay=1e-2), theta, 0.0)
        share, truth = end.item() / theta.double().mean().item(), (1 - 1e-5) ** 10_000
        weights.append([name, f"{share:.7f}", sci(abs(share / truth - 1))])
    truths = [["exact", f"{0.999**1000:.4f}"]], [["exact", f"{(1 - 1e-5) ** 10_000:.7f}", ""]]
    return (
        table(["AdamW, bfloat16 parameters", "v after 1000 steps / v"], truths[0] + moments),
        table(["AdamW, float32 parameters", "θ after 10⁴ steps / θ", "relative error"], truths[1] + weights),
    )


def untouched_table() -> str:
    """The table of elements that stay 1 after an SGD step that should make them 0.5."""
    lines = []
    for dtype in (torch.bfloat16, torch.float16):
        for n in (7, 16, 33, 1000, 100_003):
            cells = []
            for make in (byhand.optim.SGD, torch.optim.SGD):
                theta = torch.ones(n, dtype=dtype, requires_grad=True)
                theta.grad = torch.ones_like(theta)
                make([theta], lr=0.5, fused=True).step()
                cells.append(f"{(theta.detach() == 1).sum().item()}")
            lines.append([f"{str(dtype).removeprefix('torch.')}, {n:,}", *cells])
    return table(["dtype, elements", "byhand", "torch, fused"], lines)


def section() -> str:
    """The Markdown of this section."""
    moments, weights = decay_tables()
    return TEXT.format(
        steps=steps_table(),
        n=f"{N:,}",
        promised=PROMISED,
        moments=moments,
        weights=weights,
        untouched=untouched_table(),
    )


TEXT = """\
## Optimizers

One float32 step from {n} random states, with numbers and gradients of all scales from 1e-8 to 1e2, against the formula
in float64. A result is a sum; here a ULP is the distance between neighbouring float32 numbers at the largest term of
that sum, because no float32 computation can be more accurate where terms cancel. The update is usually small compared
with θ, which hides its error; so the update is also measured from θ = 0.

{steps}

**The promise:** every number of a float32 step has an error of at most {promised} ULP in this sense. Every library
rounds a few times in a step, including lr and β, so that they differ little after one step, and more
after many.

**Decay of the second moment.** With β₂ = 0.999 and gradients of 0, v decreases by a thousandth in each step. That is
less than half the distance between neighbouring bfloat16 numbers, so that rounding to nearest leaves v unchanged.
byhand keeps the moments of bfloat16 and float16 parameters in float32; with `moments="bfloat16"` it rounds them
stochastically, so that their mean is correct.

{moments}

**Small weight decay.** lr · λ = 1e-5 gives the factor 0.99999. Rounded to float32, its distance from 1 is off by up to
0.3 %. byhand's kernel subtracts the decay instead. After 10⁴ steps with gradients of 0:

{weights}

**Elements that are not updated.** How many elements are still 1 after an SGD step with `fused=True` that should make
all of them 0.5:

{untouched}
"""
