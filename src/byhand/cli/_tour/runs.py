"""The runs of a tour: each trains a network with byhand and once more with torch, and compares the two.

Two more torch networks show what a difference means:

- *nudged*: all its results are rounded differently (:func:`byhand.cli._tour.train.nudge`). Its distance from torch
  comes from rounding alone. A hundred times that distance is the bound for byhand.
- *mistaken*: its learning rate is too large by a millionth. If its distance were within the bound, the bound could not
  detect a mistake, and the run would prove nothing.

All runs use float64. In float32, rounding errors are half a billion times larger and training amplifies them, so the
bound could not tell a small mistake from rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn.metrics
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from byhand import losses, metrics, optim
from byhand.cli._tour.data import Data, load
from byhand.cli._tour.plan import DATA, RECIPES, STUDENT, TEACHER, Plan, Recipe
from byhand.cli._tour.results import Array, Curve, Distance, Result, Score
from byhand.cli._tour.train import Loss, Side, fair_conditions, network, nudge, race

MISTAKE = 1e-6
"""The relative error of the mistaken network's learning rate."""

OnEpoch = Callable[[str, float, float], None]
"""Called after every epoch with the run's title and the last losses of byhand and torch."""


@dataclass(frozen=True)
class Lesson:
    """What a run trains: the network's sizes, the targets, and the losses of byhand and torch."""

    recipe: Recipe
    sizes: tuple[int, ...]
    target: Tensor
    by_byhand: Loss
    by_torch: Loss
    gradient_scale: float = 1.0


def run(plan: Plan, on_epoch: OnEpoch) -> Iterator[Result]:
    """All runs in order: four optimizers and a student on each data set."""
    with fair_conditions():
        for name in DATA:
            data = load(name, plan.seed)
            inputs = data.train_x.shape[1]
            sizes = (inputs, *plan.hidden, data.classes)
            for recipe in RECIPES:
                lesson = Lesson(recipe, sizes, data.train_y, losses.cross_entropy, F.cross_entropy)
                result, trained = _compare(plan, data, lesson, on_epoch)
                if recipe.name == TEACHER:
                    teacher = trained
                yield result
            lesson = _distillation(teacher, data, (inputs, *plan.student, data.classes), plan.temperature)
            yield _compare(plan, data, lesson, on_epoch)[0]


def _distillation(teacher: nn.Sequential, data: Data, sizes: tuple[int, ...], T: float) -> Lesson:
    """Train on the teacher's probabilities at temperature T; T² keeps the gradient's size (Hinton et al., 2015)."""

    def by_byhand(logits: Tensor, lesson: Tensor) -> Tensor:
        return losses.kl_divergence(lesson, logits, given="logits", temperature=T)

    def by_torch(logits: Tensor, lesson: Tensor) -> Tensor:
        log_q, log_p = F.log_softmax(logits / T, -1), F.log_softmax(lesson / T, -1)
        return F.kl_div(log_q, log_p, reduction="batchmean", log_target=True) * T**2

    with torch.no_grad():
        target: Tensor = teacher(data.train_x)
    return Lesson(STUDENT, sizes, target, by_byhand, by_torch, gradient_scale=T)


def _sides(plan: Plan, lesson: Lesson) -> list[Side]:
    """byhand, torch, nudged and mistaken, all with the same initial values."""
    recipe = lesson.recipe
    wrong = {"lr": recipe.options["lr"] * (1 + MISTAKE)}

    def side(library: Any, loss: Loss, **changes: float) -> Side:
        start = network(lesson.sizes, plan.seed)
        make = getattr(library, recipe.optimizer)
        return Side(start, make(start.parameters(), **{**recipe.options, **changes}), loss)

    return [
        side(optim, lesson.by_byhand),
        side(torch.optim, lesson.by_torch),
        nudge(side(torch.optim, lesson.by_torch), lesson.gradient_scale, plan.seed),
        side(torch.optim, lesson.by_torch, **wrong),
    ]


def _compare(plan: Plan, data: Data, lesson: Lesson, on_epoch: OnEpoch) -> tuple[Result, nn.Sequential]:
    """One run, and the network that byhand trained in it."""
    for _ in race(_sides(plan, lesson), data.train_x, lesson.target, plan.batch, 1, plan.seed):
        pass  # one untimed step, which loads and compiles what either library needs
    sides = _sides(plan, lesson)
    for _ in race(sides, data.train_x, lesson.target, plan.batch, plan.epochs, plan.seed):
        on_epoch(f"{data.name}, {lesson.recipe.name}", sides[0].losses[-1], sides[1].losses[-1])
    byhand, theirs, nudged, mistaken = sides
    ours, their = _scores(byhand.network, data), _scores(theirs.network, data)
    by_epoch = np.array([side.losses for side in sides]).reshape(len(sides), plan.epochs, -1)
    drifts = np.abs(by_epoch - by_epoch[1]).max(-1)
    result = Result(
        data=data.name,
        recipe=lesson.recipe,
        sizes=lesson.sizes,
        steps=len(byhand.losses),
        byhand=_score(byhand, data, losses.cross_entropy, _auc(metrics, data, ours)),
        torch=_score(theirs, data, F.cross_entropy, _auc(sklearn.metrics, data, their)),
        difference=Distance(*_distance(byhand, theirs), _auc_distance(data, ours, their)),
        nudged=Distance(*_distance(nudged, theirs)),
        mistaken=Distance(*_distance(mistaken, theirs)),
        curves=(by_epoch[0].mean(-1), by_epoch[1].mean(-1)),
        drifts=(drifts[0], drifts[2], drifts[3]),
        roc=(_roc(metrics, data, ours), _roc(sklearn.metrics, data, their)),
    )
    return result, byhand.network


def _distance(side: Side, reference: Side) -> tuple[float, float]:
    """The largest difference in any step's loss and in any final parameter."""
    of_losses = np.abs(np.subtract(side.losses, reference.losses)).max()
    of_parameters = (side.parameters - reference.parameters).abs().max()
    return float(of_losses), float(of_parameters)


@torch.no_grad()
def _scores(trained: nn.Sequential, data: Data) -> Array:
    """The scores for ROC AUC: log-odds for two classes, otherwise probabilities."""
    logits: Tensor = trained(data.test_x)
    return (logits[:, 1] - logits[:, 0] if data.classes == 2 else logits.softmax(-1)).numpy()


def _auc(library: Any, data: Data, scores: Array) -> float:
    """The mean of the one-vs-rest AUCs; for two classes, the AUC of the second."""
    return float(library.roc_auc_score(data.test_y.numpy(), scores, multi_class="ovr", average="macro"))


def _auc_distance(data: Data, *all_scores: Array) -> float:
    """The difference of the two libraries' AUCs on the same scores."""
    return float(np.max([abs(_auc(metrics, data, s) - _auc(sklearn.metrics, data, s)) for s in all_scores]))


def _roc(library: Any, data: Data, scores: Array) -> Curve:
    """The ROC curve for two classes; for more, the micro-average over all classes."""
    y = data.test_y.numpy()
    if data.classes > 2:
        y, scores = np.eye(data.classes)[y].ravel(), scores.ravel()
    false_positive_rate, true_positive_rate, _ = library.roc_curve(y, scores)
    return np.asarray(false_positive_rate), np.asarray(true_positive_rate)


@torch.no_grad()
def _score(side: Side, data: Data, loss: Loss, auc: float) -> Score:
    logits = side.network(data.test_x)
    accuracy = (logits.argmax(-1) == data.test_y).double().mean().item()
    return Score(loss(logits, data.test_y).item(), accuracy, auc, side.seconds)
