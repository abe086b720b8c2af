"""What optimizers are probed with: a stream of gradients, and what the formula makes of it."""

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
"""What is left of a tensor's gradient, in the outcome's value of that tensor; nan for None."""
SCALES = (0.1, 1e-3, 1e-5, 1e-4, 1.0, 0.0, 10.0, 1e-2, 3.0, 1e-5, 1e-3, 1.0, 0.3, 1e-2)
"""Of the gradients of a long stream, step by step: small ones before a large one and after it, one of all zeros."""
TRAININGS = {
    "a jump": (24, 0.5, 1.5, (3, 7, 11, 15, 19, 20, 21, 22, 23)),
    "a long training": (128, 0.95, 0.1, (15, 31, 47, 63, 79, 95, 107, 109, 111, 115, 119, 123, 127)),
}
"""Steps, beta1, lr, and the steps that are read: one whose steps are long, by Adam's measure and in themselves, one for
what changes late."""
SIZES = np.array([[1.0, 1e6], [1e4, 1.0], [1.0, 1e-8], [1.0, 3.0], [50.0, 1e3]])
"""Of a wide stream's numbers, and of the gradients of each."""


@dataclass(frozen=True)
class GradientStream:
    """A run: where the parameters start, and the gradients of each step."""

    theta: tuple[Array, ...]
    gradients: tuple[tuple[Array | None, ...], ...]
    """A row a step, an entry a tensor; None for a tensor without gradient."""
    hyper: Mapping[str, float]
    rates: tuple[float, ...] = ()
    """lr of each step, where it changes."""
    generator: bool = False
    """Whether the parameters are handed over as a generator."""
    zero: bool = False
    """Whether the gradients are forgotten after each step, and looked at."""
    early: bool = False
    """Whether they are forgotten before there are any, as a training loop's first line does."""
    parts: tuple[int, ...] = ()
    """Of each tensor, the parameter of the outcome that has its numbers, counted from 0; () if each is its own."""

    read: tuple[int, ...] = ()
    """The steps after which the tensors are looked at, counted from 0; () for all. Steps add up: no error goes away."""
    options: tuple[tuple[str, bool | float], ...] = ()
    """Options that the formula does not have, by the learner's name of each."""
    group: tuple[tuple[str, object], ...] | None = None
    """What a second parameter group, that of the last tensor, says of its own; None if there is one group."""

    def only(self, *chosen: int) -> GradientStream:
        """The run of one tensor, or of several."""
        rows = tuple(tuple(row[i] for i in chosen) for row in self.gradients)
        parts = tuple(self.parts[i] for i in chosen) if self.parts else ()
        return replace(self, theta=tuple(self.theta[i] for i in chosen), gradients=rows, parts=parts)

    def spread(self, count: int) -> GradientStream:
        """The run of as many tensors, those of every further layer with other numbers than those of the first."""

        def numbers(row: Sequence[Array | None], by: tuple[float, ...]) -> tuple[Array | None, ...]:
            chosen = [(row[i % 2], by[i // 2 % len(by)]) for i in range(count)]
            return tuple(None if x is None else x * factor for x, factor in chosen)

        theta = tuple(x for x in numbers(self.theta, (1.0, 1.25)) if x is not None)
        rows = tuple(numbers(row, (1.0, -0.75)) for row in self.gradients)
        return replace(self, theta=theta, gradients=rows, parts=tuple(i % 2 for i in range(count)))

    def shaped(self, shape: tuple[int, ...]) -> GradientStream:
        """The run of tensors of another shape, with the same numbers over and over."""
        rows = tuple(tuple(None if g is None else np.resize(g, shape) for g in row) for row in self.gradients)
        return replace(self, theta=tuple(np.resize(theta, shape) for theta in self.theta), gradients=rows)

    @property
    def observed(self) -> Sequence[int]:
        """The steps after which the tensors are looked at."""
        return self.read or range(len(self.gradients))

    @property
    def flat(self) -> bool:
        """Whether a value of an outcome holds more than a tensor, one after the other."""
        return bool(self.parts) or self.zero

    def places(self, name: str) -> list[tuple[str, slice | tuple[()], tuple[int, ...]]]:
        """What a value of an outcome holds: the name of each tensor, its place in a row, and its shape."""
        found: list[tuple[str, slice | tuple[()], tuple[int, ...]]] = []
        start = 0
        for i, theta in enumerate(self.theta):
            if name == f"parameter {self.parts[i] + 1 if self.parts else i + 1}":
                for told in (f"parameter {i + 1}", *[LEFT.format(i + 1)] * self.zero):
                    found.append((told, slice(start, start + theta.size) if self.flat else (), theta.shape))
                    start += theta.size
        return found

    def until(self, steps: int) -> GradientStream:
        """Its first steps."""
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
    """Steps whose gradients change their scale and their sign; two tensors have shapes that do not fit each other."""
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
    """Steps of small gradients, then a tenth as many of large ones of one sign, Adam's longest, then small ones."""
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
    """Two steps of tensors of several shapes: numbers and gradients of all sizes, a tiny eps, no decay."""
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
    """What a formula's class, as it is or changed, makes of a stream; each tensor has its own if not ``together``."""
    streams = [stream] if together else [stream.only(i) for i in range(len(stream.theta))]
    rows, left = [], []
    for part in streams:
        moved, after = _run(task, names, part)
        rows += moved
        left += after
    return outcome(stream, rows, left if stream.zero else [], conditioning(stream.hyper))


def _run(task: str, names: Names, stream: GradientStream) -> tuple[list[list[Array]], list[list[Array]]]:
    """Each tensor's values after each step, and its gradients after each zero_grad: nan for None."""
    params = [torch.from_numpy(np.array(theta)).requires_grad_() for theta in stream.theta]
    options = {role: stream.hyper[role] for role in NEEDS[task]}
    if "beta1" in options:
        options = {"betas": (options.pop("beta1"), options.pop("beta2")), **options}  # type: ignore[dict-item]
    optimizer = names[CLASSES[task]]((p for p in params) if stream.generator else params, **options)
    rows: list[list[Array]] = [[] for _ in params]
    left: list[list[Array]] = [[] for _ in params]
    if stream.early:
        optimizer.zero_grad()
    for step, gradients in enumerate(stream.gradients):
        if stream.rates:
            _set_rate(optimizer, stream.rates[step])
        for p, g in zip(params, gradients, strict=True):
            p.grad = None if g is None else torch.from_numpy(np.array(g))
        optimizer.step()
        if stream.zero:
            optimizer.zero_grad()
        for i, p in enumerate(params):
            rows[i].append(p.detach().numpy().copy())
            left[i].append(np.full(p.shape, np.nan) if p.grad is None else p.grad.numpy().copy())
    return rows, left


def _set_rate(optimizer: Any, lr: float) -> None:
    if hasattr(optimizer, "lr"):
        optimizer.lr = lr
    else:
        optimizer.options = (lr, *optimizer.options[1:])


def conditioning(hyper: Mapping[str, float]) -> float:
    """How much larger than a rounding of a step the error is that a rounding of 1 − β makes in it."""
    return max(1.0, 0.125 / (1 - max(hyper["beta1"], hyper["beta2"])))


def outcome(
    stream: GradientStream, rows: Sequence[Sequence[Array]], left: Sequence[Sequence[Array]], condition: float = 1.0
) -> Outcome:
    """Values by parameter, a row a step that is read; ``rows`` may have the others too.

    Roundings are measured by the path walked so far, not by where it leads.
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
    """A stream in a line that can be typed in; of a long one, only what it is like."""
    options = ", ".join(f"{role}={stream.hyper[role]:.4g}" for role in needs if stream.hyper[role] or role == "lr")
    if len(stream.gradients) > 4:
        return Phrase("many steps", {"n": str(len(stream.gradients)), "options": options})
    if stream.rates:
        options = options.replace(f"lr={stream.hyper['lr']:.4g}", f"lr={_numbers(np.asarray(stream.rates))}")
    theta = together([_numbers(t) for t in stream.theta])
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
