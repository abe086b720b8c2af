"""Times the contestants of a row in alternating rounds, in one process, on the same inputs.

If a contestant fails, its cell says why, and the run goes on.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch

from benchmarks._row import OURS, Call, Options, Row, Seconds

LEAST, MOST = 3, 25  # rounds
QUICK_MOST = 2
SAMPLE = 2e-3  # seconds that a sample takes at least; short calls are repeated within it
MAX_TENSORS = 64  # tensors of a result that are compared, roughly
MAX_NUMBERS = 4096  # numbers of each tensor that are compared, roughly


def time_call(call: Call, loops: int = 1) -> float:
    """Seconds of one call, without garbage collection."""
    gc.disable()
    try:
        start = perf_counter()
        for _ in range(loops):
            value = call()
        seconds = (perf_counter() - start) / loops
    finally:
        gc.enable()
    return float(value) if isinstance(value, Seconds) else seconds


@dataclass
class Runner:
    """A contestant that has warmed up."""

    call: Call
    first: float
    estimate: float
    digest: np.ndarray
    own_process: bool = False  # each call runs a process of its own
    loops: int = 1
    rounds: int = 0
    samples: list[float] = field(default_factory=list)
    error: str = ""
    peak: int | None = None

    def quantile(self, q: float) -> float:
        """A quantile of the samples, in seconds."""
        return float(np.quantile(self.samples, q))


@dataclass
class Measured:
    """A row that has been timed."""

    row: Row
    runners: dict[str, Runner]
    errors: dict[str, str]

    def ratio(self, name: str, peer: str) -> float | None:
        """How many times as long ``peer`` takes as ``name``."""
        ratios = self.ratios(name, peer)
        return median(ratios) if ratios else None

    def ratios(self, name: str, peer: str) -> list[float]:
        """The ratio of each round in which both took part."""
        if name not in self.runners or peer not in self.runners:
            return []
        return [b / a for a, b in zip(self.runners[name].samples, self.runners[peer].samples, strict=False)]

    def median(self, name: str) -> float | None:
        """The median time in seconds."""
        return median(self.runners[name].samples) if name in self.runners else None

    def memory(self, name: str) -> int | None:
        """The peak of extra memory, in bytes."""
        return self.runners[name].peak if name in self.runners else None


def measure(row: Row, options: Options, peak: Callable[[str], int | None] | None = None) -> Measured:
    """Time a row; ``peak`` measures the extra memory of a contestant."""
    inputs = row.data()
    runners: dict[str, Runner] = {}
    errors: dict[str, str] = {}
    for name, make in row.contestants.items():
        try:
            runners[name] = warm_up(make(*inputs), name in row.once)
        except Exception as error:
            errors[name] = reason(error)
    plan(runners, row, options)
    gc.collect()
    for i in range(max((runner.rounds for runner in runners.values()), default=0)):
        order = list(runners) if i % 2 == 0 else list(reversed(runners))
        for name in order:
            runner = runners[name]
            if i >= runner.rounds or runner.error:
                continue
            try:
                runner.samples.append(time_call(runner.call, runner.loops))
            except Exception as error:
                runner.error = errors[name] = reason(error)
    del inputs
    for runner in runners.values():
        runner.call = lambda: None  # drops its references to the inputs, before the memory of others is measured
    gc.collect()
    kept = {name: runner for name, runner in runners.items() if runner.samples and not runner.error}
    if row.memory and peak:
        for name, runner in kept.items():
            try:
                runner.peak = peak(name)
            except Exception as error:
                errors[f"memory of {name}"] = reason(error)
    return Measured(row, kept, errors)


def warm_up(made: Call | tuple[Call, Call], once: bool) -> Runner:
    """Call once for the result, which may include compiling, and once to estimate the time."""
    call, result = made if isinstance(made, tuple) else (made, made)
    start = perf_counter()
    value = result()
    first = perf_counter() - start
    runner = Runner(call, first, first, digest(value), own_process=isinstance(value, Seconds))
    if runner.own_process:
        runner.first = runner.estimate = float(value)
    if runner.own_process or once:
        runner.samples.append(runner.first)
    else:
        del value
        runner.estimate = time_call(call)
    return runner


def plan(runners: dict[str, Runner], row: Row, options: Options) -> None:
    """Divide the row's budget of time: set the rounds of each contestant, and its calls in each round."""
    for name, runner in runners.items():
        if name in row.once or runner.own_process:
            runner.rounds = 0 if name in row.once or options.quick else 2
            continue
        seconds = max(runner.estimate, 1e-9)
        runner.loops = max(1, math.ceil(SAMPLE / seconds))
        fit = int(row.budget / len(runners) / (seconds * runner.loops))
        runner.rounds = min(max(fit, 1), QUICK_MOST) if options.quick else min(max(fit, LEAST), MOST)


def digest(value: Any) -> np.ndarray:
    """Some numbers of a result, evenly spaced, by which results are compared."""
    if value is None or isinstance(value, Seconds):
        return np.empty(0)
    return np.concatenate([_numbers(part) for part in _parts(value)])


def _parts(value: Any) -> Iterable[Any]:
    if not isinstance(value, list | tuple):
        return [value]
    return value[:: max(len(value) // MAX_TENSORS, 1)]


def _numbers(part: Any) -> np.ndarray:
    x = part.detach() if isinstance(part, torch.Tensor) else torch.as_tensor(part)
    x = x.reshape(-1)
    return x[:: max(x.numel() // MAX_NUMBERS, 1)].cpu().double().numpy().copy()


def difference(a: np.ndarray, b: np.ndarray) -> float | None:
    """The largest difference, divided by the largest number of ``a``; None if there is nothing to compare."""
    if not a.size or not b.size:
        return None
    if a.shape != b.shape:
        return math.inf
    scale = float(np.abs(a).max()) or 1.0
    return float(np.abs(a - b).max()) / scale


def reason(error: Exception) -> str:
    """An error message in one line."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:200].rstrip(": ")


def as_json(measured: Measured, system: str, limit: float) -> dict[str, Any]:
    """A row of results; ``limit`` is the memory bandwidth in bytes per second."""
    row, ours = measured.row, measured.runners.get(OURS)
    cells: dict[str, dict[str, Any]] = {}
    for name in row.contestants:
        runner = measured.runners.get(name)
        if runner is None:
            cells[name] = {"error": measured.errors.get(name, "it did not run")}
            continue
        ratios = measured.ratios(OURS, name)
        differs = difference(ours.digest, runner.digest) if ours and ours is not runner else None
        moved = row.moved.get(name, row.bytes)
        cells[name] = {
            "median": runner.quantile(0.5),
            "quartiles": [runner.quantile(0.25), runner.quantile(0.75)],
            "samples": len(runner.samples),
            "calls_a_sample": runner.loops,
            "first_call": runner.first,
            "ratio": median(ratios) if ratios else None,
            "ratio_quartiles": [float(q) for q in np.quantile(ratios, [0.25, 0.75])] if ratios else None,
            "share_of_limit": moved / runner.quantile(0.5) / limit if moved and limit else None,
            "extra_memory": runner.peak,
            "difference": differs,
            "agrees": differs is None or differs <= row.tolerances.get(name, row.tolerance),
        }
    targets = []
    for target in row.targets:
        judged = target.judge(measured)
        value, met, text = judged or (None, None, "not measured")
        missed_by = target.missed(value) if value is not None and not met else None
        targets.append(
            {"description": target.description(), "value": value, "text": text, "met": met, "missed_by": missed_by}
        )
    notes = [f"{name}: {text}" for name, text in measured.errors.items() if name not in row.contestants]
    return {
        "system": system,
        "key": row.key,
        "title": row.title,
        "growth": row.growth,
        "bytes": row.bytes,
        "contestants": cells,
        "targets": targets,
        "notes": notes,
    }
