"""Two parameter groups with different options: each must be updated as if it were alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.model import Definition, Finding
from byhand.judge.optimizers.reading import TORCH
from byhand.judge.optimizers.run import Failed, Run, first_difference, same_paths
from byhand.judge.optimizers.shape import Parameter
from byhand.judge.optimizers.stream import LEFT, Array, GradientStream, after_step, round_stream
from byhand.judge.optimizers.ways import Way
from byhand.judge.optimizers.words import HYPER, OPTIONS, roles
from byhand.judge.phrases import Text
from byhand.judge.session import Session

EDGE = "two parameter groups"
OWN = {"lr": 0.07, "beta1": 0.6, "beta2": 0.95, "eps": 0.03, "weight_decay": 0.05, "mu": 0.6}
"""Values of the second group."""


def groups(session: Session, definition: Definition, task: str, way: Way) -> Iterator[Finding]:
    """A finding if a class with ``param_groups`` updates two groups otherwise than each alone."""
    if not (way.in_grad and way.bundle == "list" and way.container in TORCH and way.shape.construct):
        return
    plain = round_stream(3, False, {**dict(way.fixed), "weight_decay": 0.1}).until(2)
    plain = replace(plain, zero=bool(way.zero_grad))

    def paths(stream: GradientStream) -> list[Array]:
        return Run(session, definition, task, way, stream).paths()

    before = paths(plain.only(0, 1))
    settable = _settable(session, task, way)
    own = _own(plain, settable)
    group = _group(own, settable)
    running = Run(session, definition, task, way, replace(plain, group=group))
    try:
        running.begin()
    except Failed:
        return
    if not any(path.startswith("[1]['params'][0]") for path in _paths(session)):
        return
    shown = ", ".join(f"{key}={value}" for key, value in group)
    try:
        together = running.paths()
    except Failed as failed:
        yield Finding("", "edge", failed.observed.line, EDGE, failed.observed.failure, "", shown)
        return
    alone = [*before, *paths(own.only(2))]
    if same_paths(together, alone):
        yield from _left(running, shown)
        return
    id = "adam/only-one-group" if _stays(together, alone) else ""
    if not id:
        try:  # is it right if both groups have the same options?
            equal = paths(replace(plain, group=_group(plain, settable)))
            id = "adam/options-of-another-group" if same_paths(equal, [*before, *paths(plain.only(2))]) else ""
        except Failed:
            pass
    line = line_of(definition, clinic.page(id)) if id else None
    yours, formula = first_difference(together, alone)
    yield Finding(id, "mistake" if id else "edge", line, "" if id else EDGE, yours, formula, shown)


def _settable(session: Session, task: str, way: Way) -> list[tuple[str, Parameter]]:
    """The keys of a group that the constructor sets, each with its parameter: the options that a group may have."""
    keys = [match[1] for path in _paths(session) if (match := re.match(r"\[0\]\['(\w+)'\]", path))]
    found = []
    for parameter in way.shape.construct or ():
        known = parameter.role in (*HYPER, "betas") or parameter.option in OPTIONS
        likely = (
            k for k in keys if k == parameter.name or (parameter.role and parameter.role in roles(task, k, True)[:1])
        )
        if known and (key := next(likely, "")):
            found.append((key, parameter))
    return found


def _paths(session: Session) -> list[str]:
    return [leaf.path for leaf in session.leaves("@opt.param_groups")]


def _own(plain: GradientStream, settable: list[tuple[str, Parameter]]) -> GradientStream:
    """The run whose options are those of the second group."""
    given = {parameter.role for _, parameter in settable}
    given |= {"beta1", "beta2"} if "betas" in given else set()
    hyper = {**plain.hyper, **{role: value for role, value in OWN.items() if role in given}}
    options = [(p.name, OPTIONS[p.option]) for _, p in settable if p.option in OPTIONS and p.option != "dampening"]
    return replace(plain, hyper=hyper, options=tuple(options))


def _group(stream: GradientStream, settable: list[tuple[str, Parameter]]) -> tuple[tuple[str, object], ...]:
    """The options of a run as keys and values of a group."""
    values: dict[str, object] = {**stream.hyper, "betas": (stream.hyper["beta1"], stream.hyper["beta2"])}
    values |= dict(stream.options)
    return tuple((key, values.get(p.role, values.get(p.name, p.neutral))) for key, p in settable)


def _stays(together: list[Array], alone: list[Array]) -> bool:
    """Whether one of the two groups is not updated at all."""
    still = [bool((path == path[0]).all()) for path in together]
    return still in ([False, False, True], [True, True, False]) and not any((path == path[0]).all() for path in alone)


def _left(running: Run, shown: Text) -> Iterator[Finding]:
    """An edge if zero_grad leaves a gradient of one of the groups."""
    for i, after in enumerate(running.left if running.stream.zero else ()):
        if np.nan_to_num(after[0]).any():
            name = LEFT.format(i + 1)
            nothing = after_step(name, 0, np.full_like(after[0], np.nan))
            yield Finding("", "edge", None, EDGE, after_step(name, 0, after[0]), nothing, shown)
            return
