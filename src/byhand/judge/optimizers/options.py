"""Options of PyTorch's optimizers that the formulas do not have: the effect of each on a run of the program itself.

The expected effect is computed from the program's own run without the option, so no formula is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.model import Definition, Finding
from byhand.judge.optimizers.reading import SCALARS
from byhand.judge.optimizers.run import Failed, Run, first_difference, same_paths
from byhand.judge.optimizers.stream import Array, GradientStream, round_stream, shown
from byhand.judge.optimizers.ways import Way
from byhand.judge.optimizers.words import NEEDS, OPTIONS
from byhand.judge.phrases import Text
from byhand.judge.session import Session

Paths = Callable[[GradientStream], list[Array]]
"""A function from a stream to the program's results: for each tensor its start and its values after each step."""
DECAY = 0.15
DELIBERATE = ("NotImplementedError", "ValueError", "AssertionError")
"""Exceptions by which a program refuses an option."""


def options(session: Session, definition: Definition, task: str, way: Way) -> Iterator[Finding]:
    """A finding for each option in the program's signature whose effect differs from the standard meaning."""
    stream = round_stream(2 if way.together else 1, way.container in SCALARS, {"weight_decay": 0.0, **dict(way.fixed)})
    stream = way.fitted(stream)
    if way.bundle in ("list", "dict") and way.count == 2 and way.container not in SCALARS:
        stream = _with_a_matrix(stream)
    neutral = {p.name: p.neutral for p in way.shape.parameters if p.neutral not in (None, p.default)}
    stream = replace(stream, options=tuple((name, value) for name, value in neutral.items() if value is not None))

    def paths(stream: GradientStream) -> list[Array]:
        return Run(session, definition, task, way, stream).paths()

    if task in ("sgd", "momentum") and way.shape.has("weight_decay"):
        yield from _decay(definition, task, stream, paths)
    for parameter in way.shape.parameters:
        meanings = _MEANINGS.get(parameter.option) if _concerns(task, parameter.option, way) else None
        if meanings is None:
            continue
        base = _base(stream, parameter.option)
        expected = list(meanings(base, paths))
        changed = replace(base, options=(*base.options, (parameter.name, OPTIONS[parameter.option])))
        given = (shown(base, NEEDS[task]), f"; {parameter.name}={OPTIONS[parameter.option]}")
        try:
            observed = paths(changed)
        except Failed as failed:
            if failed.observed.error not in DELIBERATE:
                yield Finding("", "edge", failed.observed.line, parameter.option, failed.observed.failure, "", given)
            continue
        if not any(same_paths(observed, path) for path in expected):
            yield Finding("", "edge", None, parameter.option, *first_difference(observed, expected[0]), given)


def _concerns(task: str, option: str, way: Way) -> bool:
    """Whether a formula can have an option, and fixed hyperparameters do not hide its effect."""
    fixed = dict(way.fixed)
    if option == "amsgrad":
        return task.startswith("adam") and not fixed.get("weight_decay") and fixed.get("eps", 0.0) <= 1e-7
    return option == "maximize" or (task == "momentum" and option in ("nesterov", "dampening"))


def _base(stream: GradientStream, option: str) -> GradientStream:
    """The run on which an option is tested: without eps for amsgrad, with weight decay for maximize."""
    if option == "amsgrad":
        return replace(stream, hyper={**stream.hyper, "eps": 1e-12})
    if option == "maximize":
        return replace(stream, hyper={**stream.hyper, "weight_decay": stream.hyper["weight_decay"] or DECAY})
    return stream


def _with_a_matrix(stream: GradientStream) -> GradientStream:
    """The run with the second tensor as a matrix with one row."""
    first, second = stream.theta
    rows = tuple((a, None if b is None else b[None]) for a, b in stream.gradients)
    return replace(stream, theta=(first, second[None]), gradients=rows)


def _with(stream: GradientStream, change: Callable[[int, int, Array], Array]) -> GradientStream:
    """The run with changed gradients; ``change`` gets the step, the index of the tensor and the gradient."""
    rows = tuple(
        tuple(None if g is None else change(k, i, g) for i, g in enumerate(row))
        for k, row in enumerate(stream.gradients)
    )
    return replace(stream, gradients=rows)


def _gradients(stream: GradientStream) -> list[Array]:
    """For each tensor, its gradients in one array."""
    return [np.stack([np.asarray(row[i]) for row in stream.gradients]) for i in range(len(stream.theta))]


def _moved(path: Array, steps: Array) -> Array:
    """The path with the same start and these steps."""
    return np.concatenate([path[:1], path[0] + np.cumsum(steps, axis=0)])


def _maximize(stream: GradientStream, paths: Paths) -> Iterator[list[Array]]:
    """As with all gradients negated."""
    yield paths(_with(stream, lambda k, i, g: -g))


def _nesterov(stream: GradientStream, paths: Paths) -> Iterator[list[Array]]:
    """The gradient step plus μ times the step without Nesterov; also for a momentum that weights gradients by 1 − μ."""
    lr, mu = stream.hyper["lr"], stream.hyper["mu"]
    plain = paths(stream)
    for weight in (1.0, 1 - mu):
        pairs = zip(plain, _gradients(stream), strict=True)
        yield [_moved(path, mu * np.diff(path, axis=0) - lr * weight * g) for path, g in pairs]


def _dampening(stream: GradientStream, paths: Paths) -> Iterator[list[Array]]:
    """All gradients are scaled by 1 − dampening: except the first, as in PyTorch, or all."""
    kept = 1 - float(OPTIONS["dampening"])
    yield paths(_with(stream, lambda k, i, g: g if k == 0 else kept * g))
    yield [_moved(path, kept * np.diff(path, axis=0)) for path in paths(stream)]


def _amsgrad(stream: GradientStream, paths: Paths) -> Iterator[list[Array]]:
    """Each step is scaled by √(v / largest v so far), with v or with the bias-corrected v̂."""
    beta2 = stream.hyper["beta2"]
    plain = paths(stream)
    for corrected in (False, True):
        found = []
        for path, g in zip(plain, _gradients(stream), strict=True):
            v = np.zeros_like(g)
            for k in range(len(g)):
                v[k] = (beta2 * v[k - 1] if k else 0.0) + (1 - beta2) * g[k] ** 2
            if corrected:
                v = np.stack([row / (1 - beta2 ** (k + 1)) for k, row in enumerate(v)])
            found.append(_moved(path, np.diff(path, axis=0) * np.sqrt(v / np.maximum.accumulate(v))))
        yield found


_MEANINGS = {"maximize": _maximize, "nesterov": _nesterov, "dampening": _dampening, "amsgrad": _amsgrad}


def _decay(definition: Definition, task: str, stream: GradientStream, paths: Paths) -> Iterator[Finding]:
    """A finding if weight decay, which these formulas do not have, has another effect than λ · θ in the gradient."""
    decayed = replace(stream, hyper={**stream.hyper, "weight_decay": DECAY})
    observed, plain = paths(decayed), paths(stream)

    def added(factor: float) -> list[Array]:
        """The run with factor · λ · θ added to the gradient; the factor is 1 for λ/2 · ‖θ‖², 2 for λ · ‖θ‖²."""
        return paths(_with(stream, lambda k, i, g: g + factor * DECAY * observed[i][k]))

    lr = stream.hyper["lr"]
    formula = added(1)
    if same_paths(observed, formula) or _shrinks(observed, plain, lr * DECAY):
        return
    yours, expected = first_difference(observed, formula)
    given = (shown(decayed, NEEDS[task]), f"; weight_decay={DECAY}")
    if same_paths(observed, added(2)) or _shrinks(observed, plain, 2 * lr * DECAY):
        yield _page(definition, "adam/decay-with-a-factor-of-two", "convention", yours, expected, given)
    elif _matrices_only(stream, observed, plain, formula):
        yield _page(definition, "adam/no-decay-of-vectors", "convention", yours, expected, given)
    elif _shrinks(observed, plain, DECAY):
        yield _page(definition, "adamw/decay-without-lr", "convention", yours, expected, given)
    elif sum(float(np.sum((a[1] - b[1]) * a[0])) for a, b in zip(observed, plain, strict=True)) > 0:
        yield _page(definition, "sgd/weight-decay-sign", "mistake", yours, expected, given)
    else:
        yield Finding("", "edge", None, "weight decay", yours, expected, given)


def _matrices_only(stream: GradientStream, observed: list[Array], plain: list[Array], formula: list[Array]) -> bool:
    """Whether only tensors that are not vectors are decayed."""
    vectors = [i for i, theta in enumerate(stream.theta) if theta.ndim == 1]
    others = [i for i in range(len(observed)) if i not in vectors]
    here, without, expected = ([paths[i] for i in others] for paths in (observed, plain, formula))
    still = all(same_paths([observed[i]], [plain[i]]) for i in vectors)
    return (
        bool(others) and still and (same_paths(here, expected) or _shrinks(here, without, stream.hyper["lr"] * DECAY))
    )


def _shrinks(observed: list[Array], plain: list[Array], by: float) -> bool:
    """Whether the decay multiplies θ by 1 − ``by``, before or after the step."""
    pairs = [(path, np.diff(without, axis=0)) for path, without in zip(observed, plain, strict=True)]
    before = [np.concatenate([path[:1], path[:-1] * (1 - by) + step]) for path, step in pairs]
    after = [np.concatenate([path[:1], (path[:-1] + step) * (1 - by)]) for path, step in pairs]
    return same_paths(observed, before) or same_paths(observed, after)


def _page(
    definition: Definition, id: str, kind: Literal["mistake", "convention"], yours: Text, formula: Text, given: Text
) -> Finding:
    return Finding(id, kind, line_of(definition, clinic.page(id)), "", yours, formula, given)
