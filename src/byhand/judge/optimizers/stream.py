"""The probes of optimizers: streams of gradients, and the formula's results on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from byhand.judge.model import Outcome
from byhand.judge.optimizers.words import NEEDS
from byhand.judge.phrases import Phrase, Text, after, equals, together
from byhand.judge.task import Names

Array = NDArray[np.float64]
CLASSES = {"sgd": "SGD", "momentum": "Momentum", "adam": "Adam", "adamw": "AdamW"}
LEFT = "gradient {} after zero_grad"
"""The name of a tensor's gradient after zero_grad; it is part of the outcome's value for the tensor, nan for None."""
SCALES = (0.1, 1e-3, 1e-5, 1e-4, 1.0, 0.0, 10.0, 1e-2, 3.0, 1e-5, 1e-3, 1.0, 0.3, 1e-2)
"""Scales of the gradients in a long stream, per step: small ones before and after a large one, and one of 0."""
TRAININGS = {
    "a jump": (24, 0.5, 1.5, (3, 7, 11, 15, 19, 20, 21, 22, 23)),
    "a long training": (128, 0.95, 0.1, (15, 31, 47, 63, 79, 95, 107, 109, 111, 115, 119, 123, 127)),
}
"""Number of steps, beta1, lr, and the steps after which the tensors are read: one run with large updates, and a long
one for effects that show late."""
CURVATURE = 0.1
"""Of the functions whose gradient a program computes itself: small, so that a forward difference is exact enough."""
SIZES = np.array([[1.0, 1e6], [1e4, 1.0], [1.0, 1e-8], [1.0, 3.0], [50.0, 1e3]])
"""Scales of the parameters in a wide stream, and of their gradients."""


@dataclass(frozen=True)
class GradientStream:
    """A run: where the parameters start, and the gradients of each step."""

    theta: tuple[Array, ...]
    gradients: tuple[tuple[Array | None, ...], ...]
    """A row per step, an entry per tensor; None for a tensor without a gradient."""
    hyper: Mapping[str, float]
    rates: tuple[float, ...] = ()
    """lr of each step, if it changes."""
    generator: bool = False
    """Whether the parameters are passed as a generator."""
    zero: bool = False
    """Whether zero_grad is called after each step, and the gradients are read after it."""
    zero_grad_first: bool = False
    """Whether zero_grad is called before there is any gradient, as in the first iteration of a training loop."""
    parts: tuple[int, ...] = ()
    """For each tensor the parameter of the outcome to which it belongs, counted from 0; () if each has its own."""

    read: tuple[int, ...] = ()
    """The steps after which the tensors are read, counted from 0; () for all. Errors of skipped steps stay visible."""
    options: tuple[tuple[str, bool | float], ...] = ()
    """Options that the formula does not have, by the learner's name of each."""
    digits: int | None = None
    """The number of digits after the point to which the tensors are rounded after each step; None for no rounding."""
    rounds_states: bool = False
    """Whether the states are rounded too."""
    curvature: float = 0.0
    """If not 0, gradients are those of a function: this times the way from the start is added to each."""
    group: tuple[tuple[str, object], ...] | None = None
    """The options of a second parameter group, which has the last tensor; None if there is one group."""

    def only(self, *chosen: int) -> GradientStream:
        """The run with these tensors only."""
        rows = tuple(tuple(row[i] for i in chosen) for row in self.gradients)
        parts = tuple(self.parts[i] for i in chosen) if self.parts else ()
        return replace(self, theta=tuple(self.theta[i] for i in chosen), gradients=rows, parts=parts)

    def spread(self, count: int) -> GradientStream:
        """The run with this many tensors; those of further layers have other numbers than those of the first."""

        def numbers(row: Sequence[Array | None], by: tuple[float, ...]) -> tuple[Array | None, ...]:
            chosen = [(row[i % 2], by[i // 2 % len(by)]) for i in range(count)]
            return tuple(None if x is None else x * factor for x, factor in chosen)

        theta = tuple(x for x in numbers(self.theta, (1.0, 1.25)) if x is not None)
        rows = tuple(numbers(row, (1.0, -0.75)) for row in self.gradients)
        return replace(self, theta=theta, gradients=rows, parts=tuple(i % 2 for i in range(count)))

    def of_a_function(self) -> GradientStream:
        """The run with the gradients of a quadratic function, which has the first ones at the start."""
        return replace(self, gradients=self.gradients[:1] * len(self.gradients), curvature=CURVATURE)

    def shaped(self, shape: tuple[int, ...]) -> GradientStream:
        """The run with tensors of another shape, filled by repeating the numbers."""
        rows = tuple(tuple(None if g is None else np.resize(g, shape) for g in row) for row in self.gradients)
        return replace(self, theta=tuple(np.resize(theta, shape) for theta in self.theta), gradients=rows)

    @property
    def observed(self) -> Sequence[int]:
        """The steps after which the tensors are read."""
        return self.read or range(len(self.gradients))

    @property
    def flat(self) -> bool:
        """Whether a value of an outcome is several flattened tensors, one after the other."""
        return bool(self.parts) or self.zero

    def places(self, name: str) -> list[tuple[str, slice | tuple[()], tuple[int, ...]]]:
        """The tensors in a value of an outcome: name, position in a row, and shape."""
        found: list[tuple[str, slice | tuple[()], tuple[int, ...]]] = []
        start = 0
        for i, theta in enumerate(self.theta):
            if name == f"parameter {self.parts[i] + 1 if self.parts else i + 1}":
                for tensor in (f"parameter {i + 1}", *[LEFT.format(i + 1)] * self.zero):
                    found.append((tensor, slice(start, start + theta.size) if self.flat else (), theta.shape))
                    start += theta.size
        return found

    def until(self, steps: int) -> GradientStream:
        """The run with the first steps only."""
        return replace(self, gradients=self.gradients[:steps], rates=self.rates[:steps])


def round_stream(count: int, scalar: bool, hyper: Mapping[str, float]) -> GradientStream:
    """Three steps of up to three tensors, in round numbers."""
    theta = np.array([[1.0, -2.0], [0.5, 3.0], [-1.5, 2.5]])
    rows = np.array(
        [
            [[0.5, -1.0], [0.2, 4.0], [-0.3, 2.5]],
            [[-0.25, 2.0], [0.1, -1.0], [0.6, 1.0]],
            [[1.5, 0.5], [-0.4, 2.0], [1.2, -0.8]],
        ]
    )
    values = {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 0.01, "weight_decay": 0.1, "mu": 0.8} | dict(hyper)
    pick = (slice(count), 0) if scalar else (slice(count),)
    return GradientStream(tuple(theta[pick]), tuple(tuple(row[pick]) for row in rows), values)


def long_stream(rng: np.random.Generator, count: int, scalar: bool, hyper: Mapping[str, float]) -> GradientStream:
    """Steps whose gradients change in scale and sign; two tensors have shapes that do not broadcast."""
    shapes: tuple[tuple[int, ...], ...] = ((), ()) if scalar else ((3,), (2, 2))
    values = {
        "lr": rng.uniform(0.03, 0.15),
        "beta1": rng.uniform(0.6, 0.85),
        "beta2": rng.uniform(0.88, 0.95),
        "eps": 10 ** rng.uniform(-3.5, -2.5),
        "weight_decay": rng.uniform(0.1, 0.3),
        "mu": rng.uniform(0.6, 0.85),
    }
    theta = [rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes[:count]]
    spread = [10 ** rng.uniform(-0.7, 0.7, shape) for shape in shapes[:count]]
    rows = tuple(
        tuple(scale * wide * rng.uniform(0.4, 1.6, wide.shape) * rng.choice([-1.0, 1.0], wide.shape) for wide in spread)
        for scale in SCALES
    )
    return GradientStream(tuple(map(np.asarray, theta)), rows, values | dict(hyper))


def trainings(
    rng: np.random.Generator, count: int, scalar: bool, hyper: Mapping[str, float]
) -> Iterator[tuple[str, GradientStream]]:
    """Small gradients, then some large ones of one sign, for which Adam's updates are largest, then small ones."""
    for name, (steps, beta1, lr, read) in TRAININGS.items():
        values = {"lr": lr, "beta1": beta1 + rng.uniform(-0.02, 0.02), "beta2": rng.uniform(0.988, 0.992)}
        stream = long_stream(rng, count, scalar, values | dict(hyper))
        large = [g for g in stream.gradients[4] if g is not None]
        rows = []
        for step in range(steps):
            sizes = [1.0] if 0 <= step - round(0.85 * steps) < round(0.1 * steps) else [-0.01, 0.01]
            rows.append(tuple(g * rng.choice(sizes, g.shape) * rng.uniform(0.8, 1.2, g.shape) for g in large))
        yield name, replace(stream, gradients=tuple(rows), read=read)


def wide_stream(
    rng: np.random.Generator, shapes: Sequence[tuple[int, ...]], parts: tuple[int, ...], hyper: Mapping[str, float]
) -> GradientStream:
    """Two steps with tensors of several shapes: numbers and gradients of all scales, a tiny eps, no decay."""
    values = {
        "lr": rng.uniform(0.3, 0.7),
        "beta1": rng.uniform(0.92, 0.97),
        "beta2": rng.uniform(0.985, 0.998),
        "eps": 10 ** rng.uniform(-9, -7.5),
        "weight_decay": 0.0,
        "mu": rng.uniform(0.92, 0.98),
    }
    drawn: list[Array] = []
    for i, shape in enumerate(shapes):
        sizes = SIZES[np.add(i, np.arange(np.prod(shape, dtype=int)).reshape(shape)) % len(SIZES)]
        scales = np.stack([sizes[..., 0], *[sizes[..., 1]] * 2])
        drawn.append(scales * rng.uniform(0.4, 1.6, scales.shape) * rng.choice([-1.0, 1.0], scales.shape))
    if list(shapes).count(shapes[0]) > 1:
        drawn[len(shapes) - 1 - list(shapes)[::-1].index(shapes[0])] = drawn[0].copy()
    rows = tuple(tuple(np.asarray(one[k]) for one in drawn) for k in (1, 2))
    return GradientStream(tuple(np.asarray(one[0]) for one in drawn), rows, values | dict(hyper), parts=parts)


def run(task: str, names: Names, stream: GradientStream, together: bool) -> Outcome:
    """The outcome of a formula's class on a stream; if not ``together``, each tensor has a run of its own."""
    streams = [stream] if together else [stream.only(i) for i in range(len(stream.theta))]
    rows, left = [], []
    for part in streams:
        moved, after = _run(task, names, part)
        rows += moved
        left += after
    return outcome(stream, rows, left if stream.zero else [], conditioning(stream.hyper))


def _run(task: str, names: Names, stream: GradientStream) -> tuple[list[list[Array]], list[list[Array]]]:
    """The values of each tensor after each step, and its gradients after each zero_grad, nan for None."""
    params = [torch.from_numpy(np.array(theta)).requires_grad_() for theta in stream.theta]
    options = {role: stream.hyper[role] for role in NEEDS[task]}
    if "beta1" in options:
        options = {"betas": (options.pop("beta1"), options.pop("beta2")), **options}  # type: ignore[dict-item]
    optimizer = names[CLASSES[task]]((p for p in params) if stream.generator else params, **options)
    rows: list[list[Array]] = [[] for _ in params]
    left: list[list[Array]] = [[] for _ in params]
    if stream.zero_grad_first:
        optimizer.zero_grad()
    for step, gradients in enumerate(stream.gradients):
        if stream.rates:
            _set_rate(optimizer, stream.rates[step])
        for p, start, g in zip(params, stream.theta, gradients, strict=True):
            p.grad = None if g is None else torch.from_numpy(np.array(g))
            if p.grad is not None and stream.curvature:
                p.grad += stream.curvature * (p.detach() - torch.from_numpy(np.array(start)))
        optimizer.step()
        if stream.digits is not None:
            _round(params, optimizer, stream)
        if stream.zero:
            optimizer.zero_grad()
        for i, p in enumerate(params):
            rows[i].append(p.detach().numpy().copy())
            left[i].append(np.full(p.shape, np.nan) if p.grad is None else p.grad.numpy().copy())
    return rows, left


def _round(params: Sequence[torch.Tensor], optimizer: Any, stream: GradientStream) -> None:
    """Round the tensors, and the states if the stream says so."""
    states = [x for kept in vars(optimizer).values() if isinstance(kept, list) for x in kept if torch.is_tensor(x)]
    with torch.no_grad():
        for tensor in (*params, *(x for x in states if stream.rounds_states and not any(x is p for p in params))):
            tensor.copy_(tensor.round(decimals=stream.digits or 0))


def _set_rate(optimizer: Any, lr: float) -> None:
    if hasattr(optimizer, "lr"):
        optimizer.lr = lr
    else:
        optimizer.options = (lr, *optimizer.options[1:])


def conditioning(hyper: Mapping[str, float]) -> float:
    """By what factor the rounding of 1 − β may change a step more than the rounding of the step itself."""
    return max(1.0, 0.125 / (1 - max(hyper["beta1"], hyper["beta2"])))


def outcome(
    stream: GradientStream, rows: Sequence[Sequence[Array]], left: Sequence[Sequence[Array]], condition: float = 1.0
) -> Outcome:
    """The values by parameter, a row per step that is read; ``rows`` may have the other steps too.

    The scale of rounding errors is the length of the path so far, not the size of the values.
    """
    values: dict[str, Array] = {}
    scale: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for i, (theta, path) in enumerate(zip(stream.theta, rows, strict=True)):
            walked = np.stack([theta, *path])
            sizes = np.maximum.accumulate(np.abs(walked))[1:]
            size = sizes + condition * np.cumsum(np.abs(walked[1:] - walked[:-1]), axis=0)
            size = np.where(np.isfinite(size), size, 0.0)
            walked = walked[1:]
            if len(walked) > len(stream.observed):
                walked, size = walked[list(stream.observed)], size[list(stream.observed)]
            name = f"parameter {stream.parts[i] + 1 if stream.parts else i + 1}"
            if stream.flat:
                held = [walked, *map(np.stack, left[i : i + 1])]
                exact = [np.zeros_like(size)] * (len(held) - 1)
                both = (held, [size, *exact])
                walked, size = (np.hstack([one.reshape(len(one), -1) for one in part]) for part in both)
                if name in values:
                    walked, size = np.hstack([values[name], walked]), np.hstack([scale[name], size])
            values[name], scale[name] = walked, size
    return Outcome(values, scale=scale)


def shown(stream: GradientStream, needs: Sequence[str]) -> Text:
    """The stream as one line for the report; a long stream is only described."""
    options = ", ".join(f"{role}={stream.hyper[role]:.4g}" for role in needs if stream.hyper[role] or role == "lr")
    if len(stream.gradients) > 4:
        return Phrase("many steps", {"n": str(len(stream.gradients)), "options": options})
    if stream.rates:
        options = options.replace(f"lr={stream.hyper['lr']:.4g}", f"lr={_numbers(np.asarray(stream.rates))}")
    theta = together([_numbers(t) for t in stream.theta])
    if stream.curvature:
        slopes = together([_numbers(g) for g in stream.gradients[0] if g is not None])
        times = f", {options}, {len(stream.gradients)} ×; f(x) = "
        return "θ = ", theta, times, slopes, f" · x + {stream.curvature:g}/2 · ‖x − θ‖²"
    made = (Phrase("from a generator"),) if stream.generator else ()
    rows = (together(["None" if g is None else _numbers(g) for g in row]) for row in stream.gradients)
    steps = (Phrase("step", {"step": str(k), "gradient": row}) for k, row in enumerate(rows, 1))
    return "θ = ", theta, *made, f", {options}", *steps


def after_step(name: str, step: int, row: NDArray[np.generic]) -> Text:
    """A tensor after a step, counted from 0."""
    left = name.startswith("gradient") and np.isnan(row.astype(np.float64)).all()
    return after(step + 1, equals(name, "None" if left else _numbers(row)))


def _numbers(array: NDArray[np.generic]) -> str:
    if array.ndim:
        return f"[{', '.join(_numbers(np.asarray(part)) for part in array)}]"
    return f"{float(array):.6g}"
