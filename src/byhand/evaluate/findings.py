"""An evaluation as data. :mod:`byhand.evaluate.reporting` puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from byhand.evaluate import CalibrationBin, Comparison, Curve, DeLong, Drift, Estimate
from byhand.evaluate.reading.question import Question


@dataclass(frozen=True)
class Area:
    """How well a model ranks some rows.

    Attributes:
        auc: with the bounds within which the exact value is certain to lie.
        delong: with the interval of sampling; None with fractional weights.
    """

    auc: Estimate
    delong: DeLong | None


@dataclass(frozen=True)
class Calibration:
    """How well a model's scores, which lie in [0, 1], are probabilities. Log-loss is in nats."""

    log_loss: float
    brier: float
    error: Estimate
    bins: tuple[CalibrationBin, ...]


@dataclass(frozen=True)
class Groups:
    """GAUC: mean of the AUCs of groups, under three weightings.

    Attributes:
        groups: how many have both classes.
        left_out: how many have one class only.
        rows_left_out: their rows, or the weight of those.
        mean: by the name of the weighting: "groups", "rows", "positives".
    """

    groups: int
    left_out: int
    rows_left_out: float
    mean: Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """What was found about one column of scores; curves only where they were asked for."""

    name: str
    area: Area
    average_precision: Estimate
    roc: Curve | None
    precision_recall: Curve | None
    calibration: Calibration | None
    groups: Groups | None


@dataclass(frozen=True)
class Average:
    """The mean of AUCs of classes, or of pairs of classes, and the mean weighted by their rows."""

    macro: Estimate
    weighted: Estimate


@dataclass(frozen=True)
class Pair:
    """Two classes, and the mean of the AUCs of their rows with the scores of the one and of the other."""

    classes: tuple[str, str]
    share: float
    auc: Estimate


@dataclass(frozen=True)
class Classes:
    """What there is about many classes; each is a model, against the rest.

    Attributes:
        names: the labels, ascending.
        shares: of rows, by weight if there are weights.
        one_vs_rest: averages over the classes.
        one_vs_one: averages over the pairs, if they were asked for.
        pairs: of all classes, or none.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    one_vs_rest: Average
    one_vs_one: Average | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Slice:
    """The rows with one value of a column.

    ``areas`` has one entry per model, ``share`` is as in :class:`Evaluation`, and ``one_vs_rest`` as in
    :class:`Classes`.
    """

    value: str | None
    rows: int
    share: float
    areas: tuple[Area, ...]
    one_vs_rest: Average | None = None


@dataclass(frozen=True)
class Evaluation:
    """What was found in one log.

    Attributes:
        files: how many.
        rows: how many were used.
        share: of positives among them, by weight if there are weights; nan if these are all 0, or of many classes.
        skipped: how many rows were left out, by reason.
        slices: by the column that makes them.
        comparisons: of each further model with the first, by its index.
        passes: how often the files were read for AUC.
        classes: if there are many.
    """

    files: tuple[str, ...]
    rows: int
    share: float
    skipped: Mapping[str, int]
    models: tuple[Model, ...]
    slices: Mapping[str, tuple[Slice, ...]]
    comparisons: Mapping[int, Comparison]
    passes: int
    classes: Classes | None = None


@dataclass(frozen=True)
class Shift:
    """One model on two logs: how its AUC changed since the reference, and how far its scores drifted."""

    change: Comparison | None
    drift: Drift


@dataclass(frozen=True)
class Report:
    """All that ``byhand eval`` found."""

    question: Question
    current: Evaluation
    confidence: float
    seconds: float
    reference: Evaluation | None = None
    shifts: tuple[Shift, ...] = field(default=())
