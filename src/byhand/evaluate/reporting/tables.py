"""An evaluation as tables of words, which the terminal and the page print."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from byhand.evaluate import Comparison, Estimate
from byhand.evaluate.findings import Area, Average, Classes, Evaluation, Model, Pair, Report, Slice
from byhand.evaluate.reporting.texts import TEXTS
from byhand.judge.reporting import words
from byhand.judge.visible import visible

SMALLEST = 1e-300
"""p-values below it are not told apart."""


@dataclass(frozen=True)
class Table:
    """A title, the heads of the columns, and rows of texts; the first column has names, the others numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def say(key: str, lang: str, **fill: object) -> str:
    """A text of the report."""
    return words.say(TEXTS, key, lang, **fill)


def total(report: Report, lang: str) -> str:
    """How many rows of how many files."""
    found = report.current
    files = say("one file", lang) if len(found.files) == 1 else say("many files", lang, n=f"{len(found.files):,}")
    if found.classes is not None:
        return say("total classes", lang, rows=f"{found.rows:,}", files=files, k=len(found.classes.names))
    return say("total", lang, rows=f"{found.rows:,}", files=files, share=percent(found.share, 4))


def skipped(found: Evaluation, lang: str) -> str:
    """Which rows were skipped, or ""."""
    reasons = [say("reason", lang, what=say(key, lang), n=f"{n:,}") for key, n in found.skipped.items()]
    return say("skipped", lang, reasons=say("separator", lang).join(reasons)) if reasons else ""


def closing(report: Report, lang: str) -> str:
    """How often the files were read, and how long it took."""
    parts = [say("passes", lang, n=report.current.passes)] if report.current.passes > 1 else []
    return " · ".join([*parts, say("seconds", lang, seconds=f"{report.seconds:.1f}")])


def tables(report: Report, lang: str) -> Iterator[Table]:
    """All tables of a report."""
    found, names = report.current, tuple(visible(model.name) for model in report.current.models)
    level = f"{report.confidence * 100:g} %"
    if found.classes is not None:
        yield from _of_classes(report, found.classes, level, lang)
        return
    by_model = [dict(_measures(model, level, lang)) for model in found.models]
    keys = dict.fromkeys(key for measures in by_model for key in measures)
    rows = tuple((key, *(measures.get(key, "–") for measures in by_model)) for key in keys)
    yield Table(say("measures", lang), (say("measure", lang), *names), rows)
    for by, slices in found.slices.items():
        yield _sliced(visible(by), slices, names, lang)
    if found.comparisons:
        heads = (say("models", lang), *_compared(level, lang))
        rows = tuple(
            (say("minus", lang, a=names[i], b=names[0]), *_comparison(comparison))
            for i, comparison in found.comparisons.items()
        )
        yield Table(say("comparison", lang), heads, rows)
    if report.reference is not None:
        yield _shifted(report, report.reference, names, level, lang)


def _measures(model: Model, level: str, lang: str) -> Iterator[tuple[str, str]]:
    """Name and value of each measure of a model."""
    auc, delong = model.area.auc, model.area.delong
    if math.isnan(auc.value):
        yield say("auc", lang), say("undefined", lang)
    else:
        yield say("auc", lang), number(auc.value, 8)
        yield say("certain", lang), say("exact", lang) if auc.exact else _within(auc.lower, auc.upper, 10)
        if delong is not None:
            yield say("interval", lang, level=level), _within(delong.lower, delong.upper)
            yield say("error of auc", lang), number(delong.standard_error)
        yield say("average precision", lang), _estimate(model.average_precision)
    if model.calibration is not None:
        yield say("log-loss", lang), number(model.calibration.log_loss)
        yield say("brier", lang), number(model.calibration.brier)
        yield say("calibration error", lang), number(model.calibration.error.value)
    if model.groups is not None:
        for weighting, mean in model.groups.mean.items():
            yield say(f"gauc {weighting}", lang), number(mean, 8)
        yield say("groups", lang), f"{model.groups.groups:,}"
        yield say("left out", lang), f"{model.groups.left_out:,}"


def _of_classes(report: Report, classes: Classes, level: str, lang: str) -> Iterator[Table]:
    """The tables of many classes: a row per class, where two classes have a column per model."""
    found, names = report.current, tuple(map(visible, classes.names))
    means = {"one-vs-rest": classes.one_vs_rest} | ({"one-vs-one": classes.one_vs_one} if classes.one_vs_one else {})
    averages = (say("macro", lang), say("weighted", lang))
    rows: tuple[tuple[str, ...], ...] = tuple((say(kind, lang), *_average(mean, 8)) for kind, mean in means.items())
    yield Table(say("auc", lang), (say("measure", lang), *averages), rows)
    yield _each_class(found, classes, level, lang)
    if classes.pairs:
        heads: tuple[str, ...] = (say("pair", lang), say("share", lang), say("auc", lang))
        yield Table(say("each pair", lang), heads, tuple(_pair(pair, lang) for pair in classes.pairs))
    for by, slices in found.slices.items():
        heads = (visible(by), say("rows", lang), *averages)
        rows = tuple(
            (_value(one, lang), f"{one.rows:,}", *_average(one.one_vs_rest, 6)) for one in slices if one.one_vs_rest
        )
        yield Table(say("slices of classes", lang, by=visible(by)), heads, rows)
    if report.reference is not None:
        yield _shifted(report, report.reference, names, level, lang)


def _each_class(found: Evaluation, classes: Classes, level: str, lang: str) -> Table:
    keys = ["class", "score", "share", "auc", "level interval", "ap"]
    rows = []
    for name, share, model in zip(classes.names, classes.shares, found.models, strict=True):
        delong = model.area.delong
        row = [visible(name), visible(model.name), percent(share, 2), _bounded(model.area.auc, 8)]
        row += ["–" if delong is None else _within(delong.lower, delong.upper, 4), _estimate(model.average_precision)]
        if model.calibration is not None:
            row.append(number(model.calibration.error.value))
        elif any(one.calibration is not None for one in found.models):
            row.append("–")
        if model.groups is not None:
            row.append(number(model.groups.mean["rows"], 8))
        rows.append(tuple(row))
    keys += ["ece"] if any(model.calibration is not None for model in found.models) else []
    keys += ["gauc"] if found.models[0].groups is not None else []
    return Table(say("each class", lang), tuple(say(key, lang, level=level) for key in keys), tuple(rows))


def _pair(pair: Pair, lang: str) -> tuple[str, ...]:
    a, b = map(visible, pair.classes)
    return say("and", lang, a=a, b=b), percent(pair.share, 2), _bounded(pair.auc, 8)


def _average(mean: Average, digits: int) -> tuple[str, str]:
    return _bounded(mean.macro, digits), _bounded(mean.weighted, digits)


def _bounded(area: Estimate, digits: int) -> str:
    """An AUC if it is exact, else the bounds within which it certainly is."""
    exact = area.exact or math.isnan(area.value)
    return number(area.value, digits) if exact else _within(area.lower, area.upper, digits + 2)


def _sliced(by: str, slices: tuple[Slice, ...], names: tuple[str, ...], lang: str) -> Table:
    heads = (by, say("rows", lang), say("positive", lang), *names)
    rows = tuple(
        (
            _value(one, lang),
            f"{one.rows:,}",
            percent(one.share, 2),
            *(_area(area) for area in one.areas),
        )
        for one in slices
    )
    return Table(say("slices", lang, by=by), heads, rows)


def _value(one: Slice, lang: str) -> str:
    return say("nothing", lang) if one.value is None else visible(one.value)


def _shifted(report: Report, reference: Evaluation, names: tuple[str, ...], level: str, lang: str) -> Table:
    """A row per measure, a column per model; or a row per class."""
    cells = [
        (number(model.area.auc.value), *_comparison(shift.change), number(shift.drift.psi), number(shift.drift.kl))
        for model, shift in zip(reference.models, report.shifts, strict=True)
    ]
    heads = (say("reference auc", lang), say("change", lang), *_compared(level, lang)[1:])
    measures = (*heads, say("psi", lang), say("kl", lang))
    title = say("drift", lang, rows=f"{reference.rows:,}")
    if reference.classes is not None:
        by_class = tuple((name, *row) for name, row in zip(names, cells, strict=True))
        return Table(title, (say("class", lang), *measures), by_class)
    rows = tuple((measure, *row) for measure, row in zip(measures, zip(*cells, strict=True), strict=True))
    return Table(title, (say("measure", lang), *names), rows)


def _compared(level: str, lang: str) -> tuple[str, ...]:
    return say("difference", lang), say("level interval", lang, level=level), say("p-value", lang)


def _comparison(found: Comparison | None) -> tuple[str, ...]:
    if found is None or math.isnan(found.difference):
        return "–", "–", "–"
    p_value = f"< {SMALLEST:g}" if found.p_value < SMALLEST else f"{found.p_value:.3g}"
    if math.isnan(found.p_value):
        p_value = "–"
    return f"{found.difference:+.6f}", _within(found.lower, found.upper), p_value


def _area(area: Area) -> str:
    if math.isnan(area.auc.value):
        return "–"
    if area.delong is None or math.isnan(area.delong.lower):
        return number(area.auc.value)
    return f"{number(area.auc.value)} {_within(area.delong.lower, area.delong.upper, 4)}"


def _estimate(estimate: Estimate) -> str:
    """The digits that are certain, and the bounds if some of six are not."""
    if estimate.exact or number(estimate.lower) == number(estimate.upper):
        return number(estimate.value)
    return _within(estimate.lower, estimate.upper, 8)


def _within(low: float, high: float, digits: int = 6) -> str:
    return "–" if math.isnan(low) else f"[{number(low, digits)}, {number(high, digits)}]"


def number(value: float, digits: int = 6) -> str:
    """A number with this many decimals.

    >>> number(0.25), number(float("inf")), number(float("nan"))
    ('0.250000', '∞', '–')
    """
    if math.isnan(value):
        return "–"
    return f"{value:.{digits}f}" if math.isfinite(value) else "∞" if value > 0 else "−∞"


def percent(share: float, digits: int) -> str:
    """A share in percent with this many decimals.

    >>> percent(0.25, 1), percent(float("nan"), 1)
    ('25.0%', '–')
    """
    return "–" if math.isnan(share) else f"{share:.{digits}%}"
