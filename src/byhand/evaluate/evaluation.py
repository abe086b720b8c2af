"""From a log to an evaluation: which passes are made over it, and what is taken from the states."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from byhand.evaluate import Comparison, Estimate, GroupAuc, Paired, Probabilities, Ranking, Scores, drift
from byhand.evaluate.averages import average, of_classes
from byhand.evaluate.change import difference
from byhand.evaluate.engines.fold import PAIR, WHOLE, Fold
from byhand.evaluate.findings import Area, Calibration, Classes, Evaluation, Groups, Model, Report, Shift, Slice
from byhand.evaluate.ranking import MEMORY
from byhand.evaluate.reading.log import Log, Slices
from byhand.evaluate.reading.question import Question
from byhand.evaluate.reading.refused import Phrase, Refused
from byhand.evaluate.statistics import NOTHING

TOGETHER = 32
"""Rankings of slices, and of pairs of classes, that share a pass and :data:`MEMORY`. When they are finished, others
take it.

The rankings of all rows, one for each model, share as much again.
"""
WEIGHTINGS = ("rows", "groups", "positives")
ROC, PRECISION = 1e-3, 5e-3
"""How far a drawn curve may be from the exact one."""


Key = tuple[int, int, int]
"""A model, the index of a ``by``, and the code of one of its values, or a pair, as in :attr:`Fold.rankings`."""


class Engine(Protocol):
    """Who reads a log."""

    log: Log

    def fold(self, fold: Fold, slices: Slices, step: str) -> Fold:
        """All rows of the log in ``fold``; ``step`` is the name of the pass for the progress."""

    def groups(self, rows: int) -> list[GroupAuc]:
        """GAUC of each model."""


@dataclass(frozen=True)
class Demands:
    """What is not about the log itself.

    Attributes:
        confidence: of intervals, above 0 and below 1.
        tolerance: how far the certain bounds of AUC may be apart; 0 for the exact AUC.
        curves: whether to make the curves that are drawn.
    """

    confidence: float = 0.95
    tolerance: float = 1e-6
    curves: bool = False


class _Ranked(NamedTuple):
    """What is kept of the ranking of a slice or of a pair of classes."""

    rows: int
    share: float
    area: Area


def report(question: Question, current: Engine, reference: Engine | None, demands: Demands) -> Report:
    """Evaluate a log, and compare it with a reference if there is one.

    Raises:
        Refused: a log cannot be read or used.
    """
    start = time.perf_counter()
    if reference is None:
        found, _ = evaluate(current, demands)
        return Report(question, found, demands.confidence, time.perf_counter() - start)
    old, old_fold = evaluate(reference, demands)
    new, _ = evaluate(current, demands)
    edges = [old_fold.rankings[model, WHOLE, 0].quantile_edges() for model in range(len(old.models))]
    before, now = (
        engine.fold(Fold(scores={i: Scores(edge) for i, edge in enumerate(edges)}), (), "drift").scores
        for engine in (reference, current)
    )
    shifts = tuple(
        Shift(_change(a.area, b.area), drift(before[i], now[i]))
        for i, (a, b) in enumerate(zip(old.models, new.models, strict=True))
    )
    return Report(question, new, demands.confidence, time.perf_counter() - start, old, shifts)


def evaluate(engine: Engine, demands: Demands) -> tuple[Evaluation, Fold]:
    """Evaluate one log; the fold has the states of all rows."""
    log, question = engine.log, engine.log.question
    skipped, slices = log.dropped(), log.slices()
    models = range(len(question.scores))
    shifts = _shifts(_further(question, slices))
    whole = {(model, WHOLE, 0): Ranking(memory=MEMORY // len(models)) for model in models}
    fold = engine.fold(Fold(whole | next(shifts), {model: Probabilities() for model in models}), slices, "reading")
    if not fold.rows:
        raise _no_rows(log, skipped)
    if question.positive is not None and not fold.rankings[0, WHOLE, 0].positives:
        log.refuse_without_positive()
    passes = _refine(engine, fold, slices, demands.tolerance)
    ranked = _finish(fold, demands)
    for shift in shifts:
        part = engine.fold(Fold(shift), slices, "by slices")
        passes += _refine(engine, part, slices, demands.tolerance)
        ranked |= _finish(part, demands)
    rankings = [fold.rankings[model, WHOLE, 0] for model in models]
    compares = question.weight is None and question.multi_class is None
    pairs = {(i, 0): Paired(rankings[i], rankings[0]) for i in models[1:] if compares}
    compared = engine.fold(Fold(paired=pairs), (), "comparing").paired if pairs else {}
    groups = _group_areas(engine, fold, question) if question.group is not None else [None for _ in models]
    found = Evaluation(
        files=log.files.paths,
        rows=fold.rows,
        share=math.nan if question.classes else _share(rankings[0]),
        skipped=skipped,
        models=tuple(
            _model(question.scores[i], rankings[i], fold.probabilities.get(i), groups[i], demands) for i in models
        ),
        slices={by: _slices(ranked, slices[i], i, question) for i, by in enumerate(question.by)},
        comparisons={i: pair.compare(demands.confidence) for (i, _), pair in compared.items()},
        passes=passes,
        classes=_classes(question, rankings, ranked) if question.classes else None,
    )
    return found, fold


def _further(question: Question, slices: Slices) -> list[Key]:
    """What is ranked beside all rows: slices, and pairs of classes."""
    models = range(len(question.scores))
    keys = [(model, by, code) for by, values in enumerate(slices) for code in range(len(values)) for model in models]
    if question.multi_class == "ovo":
        keys += [(model, PAIR, other) for model in models for other in models if model != other]
    return keys


def _shifts(keys: Sequence[Key]) -> Iterator[dict[Key, Ranking]]:
    """The rankings of these keys, as many at a time as memory allows; the first of them may be empty."""
    memory = MEMORY // min(TOGETHER, max(1, len(keys)))
    for i in range(0, max(1, len(keys)), TOGETHER):
        yield {key: Ranking(memory=memory) for key in keys[i : i + TOGETHER]}


def _refine(engine: Engine, fold: Fold, slices: Slices, tolerance: float) -> int:
    """Read again until all rankings are exact or within the tolerance; the number of passes."""
    passes = 1
    while open := {key: one for key, one in fold.rankings.items() if one.width() > tolerance}:
        for ranking in open.values():
            ranking.next_pass()
        passes += 1
        again = engine.fold(Fold({key: one.copy_empty() for key, one in open.items()}), slices, f"pass {passes}")
        for key, ranking in open.items():
            ranking.merge(again.rankings[key])
    return passes


def _finish(fold: Fold, demands: Demands) -> dict[Key, _Ranked]:
    """What the report needs of the rankings of slices and pairs, which the fold then no longer keeps."""
    keys = [key for key in fold.rankings if key[1] != WHOLE]
    rankings = ((key, fold.rankings.pop(key)) for key in keys)
    return {key: _Ranked(one.rows, _share(one), _area(one, demands)) for key, one in rankings if one.rows}


def _model(
    name: str, ranking: Ranking, probabilities: Probabilities | None, groups: GroupAuc | None, demands: Demands
) -> Model:
    calibration = None
    if probabilities is not None:
        calibration = Calibration(
            probabilities.log_loss(),
            probabilities.brier(),
            probabilities.calibration_error(demands.confidence),
            tuple(probabilities.table(demands.confidence)),
        )
    return Model(
        name,
        _area(ranking, demands),
        ranking.average_precision(),
        ranking.roc_curve(ROC) if demands.curves else None,
        ranking.pr_curve(PRECISION) if demands.curves else None,
        calibration,
        None if groups is None else _groups(groups, ranking.unit if ranking.weighted else 1),
    )


def _group_areas(engine: Engine, fold: Fold, question: Question) -> list[GroupAuc]:
    """GAUC of each model, if weights are exact in units: nothing would say by how much it is off."""
    if uneven := sum(fold.rankings[0, WHOLE, 0].rounded):
        raise Refused("uneven weight", n=uneven, got=question.weight)
    return engine.groups(fold.rows)


def _groups(state: GroupAuc, unit: float) -> Groups:
    means = {weighting: state.mean(weighting) for weighting in WEIGHTINGS}
    return Groups(state.groups, state.left_out, state.rows_left_out * unit, means)


def _slices(ranked: dict[Key, _Ranked], values: Sequence[str | None], by: int, question: Question) -> tuple[Slice, ...]:
    found = []
    for code, value in enumerate(values):
        if (0, by, code) in ranked:
            ones = [ranked[model, by, code] for model in range(len(question.scores))]
            areas, share, mean = tuple(one.area for one in ones), ones[0].share, None
            if question.classes:
                mean = average([area.auc for area in areas], [one.share for one in ones])
                share = math.nan
            found.append(Slice(value, ones[0].rows, share, areas, mean))
    return tuple(found)


def _classes(question: Question, rankings: Sequence[Ranking], ranked: dict[Key, _Ranked]) -> Classes:
    """The averages over classes, and over pairs if they were ranked."""

    def of_pair(model: int, other: int) -> Estimate:
        return ranked[model, PAIR, other].area.auc if (model, PAIR, other) in ranked else NOTHING

    pairs = of_pair if question.multi_class == "ovo" else None
    shares, areas = [_share(one) for one in rankings], [one.auc() for one in rankings]
    return of_classes(question.classes, shares, areas, pairs)


def _area(ranking: Ranking, demands: Demands) -> Area:
    """AUC and its interval; DeLong's formula is about whole rows, so fractional weights have none."""
    return Area(ranking.auc(), None if ranking.fractions else ranking.delong(demands.confidence))


def _share(ranking: Ranking) -> float:
    """The share of positives; nan if all weights are 0."""
    total = ranking.negatives + ranking.positives
    return ranking.positives / total if total else math.nan


def _change(old: Area, new: Area) -> Comparison | None:
    """The difference of the AUCs of two independent logs."""
    a, b = new.delong, old.delong
    return None if a is None or b is None else difference(a, b)


def _no_rows(log: Log, skipped: dict[str, int]) -> Refused:
    files = ", ".join(log.files.paths[:3])
    if not skipped:
        where = log.question.where
        return Refused("no rows", files=files) if where is None else Refused("no rows where", got=where, files=files)
    return Refused("no rows left", files=files, dropped=Phrase("dropped", {"n": sum(skipped.values())}))
