"""Numbers of pictures: what the learner's program gives, asked of it in a sandbox, beside what the formula gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.diagnosis import clinic
from byhand.judge.loading import load
from byhand.judge.model import Definition, Judgement, Probe, Report
from byhand.judge.optimizers.reading import SCALARS
from byhand.judge.optimizers.run import Failed, Run
from byhand.judge.optimizers.stream import GradientStream, run
from byhand.judge.session import Answer, Request, Session
from byhand.judge.task import Convention, Task
from byhand.judge.tasks import task as task_of
from byhand.sandbox import Sandbox, Stopped

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
SECONDS = 6.0
"""The time for a picture."""
STEPS, START, SLOPES = 24, (-4.0, 2.0), (0.5, 6.0)
"""The path: how many steps from where, on the bowl f(x, y) = ½ · (a · x² + b · y²); a and b."""
HYPER = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-8, "weight_decay": 0.1, "mu": 0.8}
RATES = {"sgd": 0.25, "momentum": 0.08, "adam": 0.5, "adamw": 0.5}
"""Learning rates with which the formula arrives near the bottom, along a path that shows what it does."""
LOGITS = tuple((np.sign(x) * (10.0 ** abs(x) - 1)).round(2).tolist() for x in np.linspace(-4, 4, 81))
"""Logits at which a loss is drawn, −9999 to 9999: densest where it bends, and far enough for exp to overflow."""
SHARES = (*np.linspace(0.0, 1.0, 41).tolist(),)

Array = NDArray[np.float64]
Table = dict[str, Any]


class Late(Exception):
    """The time for a picture is over."""


def picture(report: Report, meant: str) -> Table | None:
    """The picture of a definition; None if there is none to draw of it."""
    judgement = next((one for one in report.judgements if one.definition.name == meant), None)
    if judgement is None or not judgement.task or judgement.verdict in ("todo", "unrecognised", "ours", "blocked"):
        return None
    draw: Callable[[Session, Judgement], Table | None] = _curve
    if judgement.task in OPTIMIZERS:
        draw = _path
    elif judgement.task == "roc_auc":
        draw = _roc
    until = time.monotonic() + SECONDS
    with Sandbox() as sandbox, suppress(Stopped, Late, Failed):
        sandbox.ready()

        def ask(items: Sequence[Request]) -> list[Answer]:
            left = until - time.monotonic()
            if left <= 0:
                raise Late
            return sandbox.requests(items, seconds=left)

        session = Session(ask)
        if load(session, judgement.definition).reply.ok:
            return draw(session, judgement)
    return None


def _ways(task: Task[Any], judgement: Judgement) -> list[Any]:
    """The calling conventions that fit what the judge found, likely ones first."""
    ways: list[Convention] = list(task.conventions(judgement.definition))
    said = dict(judgement.convention).items()
    fitting = [way for way in ways if said and dict(way.describe()).items() <= said]
    return sorted(fitting or ways, key=lambda way: way.cost)


def _path(session: Session, judgement: Judgement) -> Table | None:
    """The path on a bowl, step by step. Each side gets the gradient at its own place."""
    task, definition = task_of(judgement.task), judgement.definition
    for way in _ways(task, judgement):
        if way.shape.is_minimiser or way.count > 2 or way.state_shape:
            continue
        hyper = {**HYPER, "lr": RATES[task.name], **dict(way.fixed)}
        apart = way.container in SCALARS
        starts = [np.asarray(x) for x in START] if apart else [np.asarray(START)]
        slopes = [np.asarray(a) for a in SLOPES] if apart else [np.asarray(SLOPES)]
        if way.together and not apart:  # a second tensor, of which nothing is drawn
            starts, slopes = [*starts, np.ones((2, 2))], [*slopes, np.ones((2, 2))]
        formula = _walk(starts, slopes, lambda rows, stream: _formula(task.name, stream), hyper)
        try:
            if way.together:
                theirs = _walked(session, definition, task.name, way, starts, slopes, hyper)
            else:
                each = [
                    _walked(session, definition, task.name, way, [start], [slope], hyper)
                    for start, slope in zip(starts, slopes, strict=True)
                ]
                theirs = each[0] if len(each) == 1 else [both for one in each for both in one]
        except Failed:
            continue
        points = [_points(side, apart) for side in (theirs, formula)]
        return {
            "kind": "path",
            "yours": points[0],
            "formula": points[1],
            "slopes": SLOPES,
            "options": _told(task, hyper),
        }
    return None


def _told(task: Task[Any], hyper: dict[str, float]) -> str:
    """The options of the run, for the caption."""
    from byhand.judge.optimizers.words import NEEDS

    return ", ".join(f"{name}={hyper[name]:g}" for name in NEEDS[task.name] if hyper[name])


def _stream(starts: Sequence[Array], hyper: dict[str, float]) -> GradientStream:
    rows = tuple(tuple(np.zeros_like(start) for start in starts) for _ in range(STEPS))
    return GradientStream(tuple(starts), rows, hyper)


def _walk(
    starts: Sequence[Array],
    slopes: Sequence[Array],
    after: Callable[[int, GradientStream], list[Array]],
    hyper: dict[str, float],
) -> list[list[Array]]:
    """The places of each tensor, its start first; ``after`` gives those after the steps so far."""
    here, stream = list(starts), _stream(starts, hyper)
    walked = [[start] for start in starts]
    for k in range(STEPS):
        row = tuple(np.asarray(a * x) for a, x in zip(slopes, here, strict=True))
        stream = replace(stream, gradients=(*stream.gradients[:k], row, *stream.gradients[k + 1 :]))
        here = after(k, replace(stream, gradients=stream.gradients[: k + 1]))
        for path, x in zip(walked, here, strict=True):
            path.append(x)
    return walked


def _formula(name: str, stream: GradientStream) -> list[Array]:
    """Where the formula is after the last step of a stream."""
    values = run(name, clinic.program(name), stream, together=True).values
    return [np.asarray(values[f"parameter {i + 1}"][-1], np.float64) for i in range(len(stream.theta))]


def _walked(
    session: Session,
    definition: Definition,
    name: str,
    way: Any,
    starts: Sequence[Array],
    slopes: Sequence[Array],
    hyper: dict[str, float],
) -> list[list[Array]]:
    """The learner's path, step by step in one run."""
    running = Run(session, definition, name, way, _stream(starts, hyper))
    running.begin()

    def after(k: int, stream: GradientStream) -> list[Array]:
        running.stream = running.given.stream = stream
        running.step(k)
        return [rows[-1] for rows in running.rows]

    return _walk(starts, slopes, after, hyper)


def _points(walked: Sequence[Sequence[Array]], apart: bool) -> list[list[float | None]]:
    """The points (x, y) of a path; None for what is not a number."""
    pairs = zip(walked[0], walked[1], strict=True) if apart else walked[0]
    return [[_number(float(x)) for x in pair] for pair in pairs]


def _number(x: float) -> float | None:
    return round(x, 6) if np.isfinite(x) and abs(x) < 1e9 else None


def _curve(session: Session, judgement: Judgement) -> Table | None:
    """A loss against the logit, or the probability, of the right class; all other classes share the rest."""
    task, definition = task_of(judgement.task), judgement.definition
    for way in _ways(task, judgement):
        first = task.ordinary(way, np.random.default_rng(0))[0]
        logits = way.form.kind.endswith("logits")
        places = LOGITS if logits else SHARES
        probes = [_at(first, way.form.kind, x, i) for i, x in enumerate(places)]
        if (theirs := _value(task.observe(session, definition, way, probes[len(probes) // 2]).values)) is None:
            continue
        yours = [_value(task.observe(session, definition, way, probe).values) for probe in probes]
        names = clinic.program(task.name)
        right = [_value(task.predict(names, way, probe).values) for probe in probes]
        del theirs
        axis = "logit" if logits else "outcome" if way.form.target == "itself" else "share"
        return {"kind": "curve", "axis": axis, "x": places, "yours": yours, "formula": right}
    return None


def _at(first: Probe, kind: str, x: float, number: int) -> Probe:
    """The probe, with the same sample in each row: the logit or the probability of its class is ``x``."""
    pred, target = (np.array(first.inputs[role]) for role in ("pred", "target"))
    if "binary" in kind:
        target, pred = np.full_like(target, target.max()), np.full(pred.shape, x, np.float64)
    else:
        rows = pred.reshape(-1, pred.shape[-1])
        wide = target.shape == pred.shape
        one = target.reshape(rows.shape)[0] if wide else target.reshape(-1)[0]
        place = int(one.argmax()) if wide else int(one)
        row = (
            np.zeros(pred.shape[-1])
            if kind.endswith("logits")
            else np.full(pred.shape[-1], (1 - x) / (len(rows.T) - 1))
        )
        row[place] = x
        with np.errstate(divide="ignore"):
            row = np.log(row) if kind.startswith("log-") else row
        pred = np.broadcast_to(row, pred.shape).copy()
        target = np.broadcast_to(one, target.shape).copy()
    return replace(
        first, name=f"picture {number}", inputs={**first.inputs, "pred": pred, "target": target, "gradient": False}
    )


def _value(values: Any) -> float | None:
    """The loss of a result, of which all numbers are the same; None if there is none, or if it is not finite."""
    found = np.asarray(values["value"], np.float64) if "value" in values else np.empty(0)
    return _number(float(found.reshape(-1)[0])) if found.size else None


def _roc(session: Session, judgement: Judgement) -> Table | None:
    """The curve of scores with ties, and the areas."""
    task, definition = task_of(judgement.task), judgement.definition
    for way in _ways(task, judgement):
        probe = task.edges(way, np.random.default_rng(0))[0]
        observed = task.observe(session, definition, way, probe)
        if "value" not in observed.values:
            continue
        expected = task.predict(clinic.program(task.name), way, probe)
        scores, positive = (np.asarray(probe.inputs[role]) for role in ("pred", "target"))
        blocks = [(scores == x, positive[scores == x] > 0) for x in sorted(set(scores.tolist()), reverse=True)]
        counts = [[int(won.sum()), int((~won).sum())] for _, won in blocks]
        return {
            "kind": "roc",
            "scores": scores.tolist(),
            "labels": (positive > 0).astype(int).tolist(),
            "blocks": counts,
            "yours": _value(observed.values),
            "formula": _value(expected.values),
        }
    return None
