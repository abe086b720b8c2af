"""Calling conventions of a loss of two arrays, and readings of its result, with their costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from byhand.judge.functions.calls import CONTAINERS, Calls, Form
from byhand.judge.functions.costs import AGAINST, MISTAKEN, known
from byhand.judge.functions.names import of_batches, target_place
from byhand.judge.functions.rounding import COST, PAGE, digits
from byhand.judge.losses.slope import Slope
from byhand.judge.model import Definition, Probe
from byhand.judge.task import Convention

_SHAPES = {
    "batch": "a batch of rows",
    "columns": "a batch of columns",
    "sequences": "a batch of sequences",
    "row": "one row",
    "scalar": "a number",
    "vector": "a vector",
    "matrix": "a matrix",
    "1×n": "a matrix of one row",
    "n×1": "a matrix of one column",
}
_AXES = re.compile(r"shape\[|\.T\b|\bdot\(|@|matmul|axis|\bdim\b|keepdim|size\(|squeeze|reshape|flatten|ravel|view\(")
_SAMPLES = re.compile(r"\b(?:m|n|N|batch\w*|num_\w+|n_\w+|样本数)\s*=\s*\w+\.(?:shape\[1\]|size\(1\))")
_DOWN = re.compile(r"\b(?:axis|dim)\s*=\s*0\b|\.(?:sum|max|mean|amax|logsumexp|softmax|log_softmax)\(\s*0\s*[,)]")
"""Of a program that counts its samples along the second axis, or reduces along the first."""
_RESULTS = {
    "rows": "one number each",
    "mean": "mean",
    "sum": "sum",
    "elements": "one number an element",
    "sum over columns": "mean",
    "mean over rows": "mean",
}


@dataclass(frozen=True)
class Way(Convention):
    """A form of the call, and what the result is taken for."""

    form: Form = field(default=Form("torch", (0, 1), "", "", "batch"))
    result: str = "rows"
    group: int = 0
    calls: Calls | None = field(default=None, compare=False, repr=False)
    words: tuple[str, str] = ("", "")
    """What prediction and target are, in the report."""
    weights: bool = False
    """Whether rows need not sum to 1."""
    gradient: bool = True
    """Whether the program may give a gradient."""
    variant: str = ""
    """What the value is, where there are several: of the tasks."""
    slope: Slope = field(default=Slope())
    """What the gradient is: a Slope."""
    digits: int | None = None
    """To how many the value is rounded; None if it is not."""

    def describe(self) -> Mapping[str, str]:
        """Arguments in the learner's order, what they hold, and the result."""
        arguments = ", ".join(word for _, word in sorted(zip(self.form.places, self.words, strict=True)))
        said = {"arguments": arguments, "input": _SHAPES["columns" if self.form.columns else self.form.shape]}
        if self.form.shape not in ("row", "scalar") or self.result == "elements":
            said["result"] = _RESULTS[self.result]
        return said | {"arrays": CONTAINERS[self.form.container]}


def shapes(definition: Definition) -> Mapping[str, int]:
    """Shapes of rows that are tried, and their costs; a program that speaks of an axis means batches."""
    return {"batch": 0, "row": AGAINST if of_batches(definition.source) else 3}


def sides(definition: Definition) -> Mapping[bool, int]:
    """Whether samples may be columns, and what it costs: as rows they mean less where the text counts columns."""
    if _SAMPLES.search(definition.source):
        return {True: 0, False: 6}
    return {False: 0, True: 6} if _DOWN.search(definition.source) else {False: 0}


def rounded(definition: Definition, ways: Iterable[Way]) -> Iterator[Way]:
    """The ways, and each with a result of so many digits as the program rounds to."""
    found = digits(definition)
    for way in ways:
        yield way
        for number in found if not way.slope.own else ():
            yield replace(way, digits=number, gradient=False, cost=way.cost + COST, pages=(*way.pages, *PAGE))


def turned(form: Form, probes: Iterable[Probe]) -> list[Probe]:
    """Probes that are shown as columns, where samples are columns."""
    more = {"columns": True} if form.columns else {}
    return [replace(probe, inputs={**probe.inputs, **more}) for probe in probes]


def layouts(definition: Definition) -> Mapping[str, int]:
    """How the numbers of two classes may be laid out; as a matrix only if the text speaks of axes.

    The number of samples, as the text asks for it, is not the axis of length 1.
    """
    source = definition.source
    likely = {"matrix": bool(_AXES.search(source))}
    likely["1×n"] = likely["matrix"] and not re.search(r"shape\[0\]|size\(0\)|\blen\(", source)
    likely["n×1"] = likely["matrix"] and not re.search(r"shape\[1\]|size\(1\)|\blen\(\w+\[0\]", source)
    return {"vector": 0, "scalar": 1, **{shape: 2 if fits else MISTAKEN + 5 for shape, fits in likely.items()}}


def results(task: str, shape: str) -> Sequence[tuple[str, int, tuple[str, ...]]]:
    """Readings of a result with their costs and pages."""
    total, elements = known(f"{task}/sum-over-rows"), known(f"{task}/one-number-per-element")
    if shape in ("scalar", "vector", "matrix", "1×n", "n×1"):
        elements = ()
    readings: list[tuple[str, int, tuple[str, ...]]] = [("rows", 0, ())]
    if shape not in ("row", "scalar"):
        readings += [("mean", 0, ()), ("sum", 5, total)]
        readings += [("mean over rows", MISTAKEN, known("cross_entropy/divided-by-n-twice"))]
    if shape in ("batch", "sequences"):
        readings += [("sum over columns", MISTAKEN, known("cross_entropy/divided-by-columns"))]
    return [*readings, ("elements", 1, elements)] if elements else readings


def placed(calls: Calls, swapped: tuple[str, ...]) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Places of prediction and target with costs and pages; to exchange roles that the names give is a mistake."""
    target = target_place(calls.signature.inputs)
    if target is None:
        return [((0, 1), 0, ()), ((1, 0), 1, ())]
    return [((1 - target, target), 0, ()), ((target, 1 - target), MISTAKEN, swapped)]


def further(way: Way, container: int, cost: int, pages: tuple[str, ...]) -> Way:
    """The same way at a further cost, among the ways of a container; a row that costs much is tried after batches."""
    group = 2 * container + (way.form.shape in ("row", "sequences") and way.cost >= AGAINST)
    return replace(way, cost=way.cost + cost + container, pages=(*way.pages, *pages), group=group)


def at(way: Way, probe: Probe) -> Way:
    """The same calling convention, with what the probe has for the further argument."""
    if "extra" not in probe.inputs:
        return way
    T = float(np.asarray(probe.inputs["extra"]))
    return replace(way, form=replace(way.form, extra=tuple((name, T) for name, _ in way.form.extra)))
