"""roc_auc_score beside scikit-learn's, many labels or classes: the same expression line under line."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.metrics
import torch
from sklearn.exceptions import UndefinedMetricWarning as TheirWarning

from byhand import metrics

RNG = np.random.default_rng(0)
CLASSES = RNG.integers(0, 4, 60)
P = RNG.dirichlet(np.ones(4), 60).round(2)
P[:, 0] = 1 - P[:, 1:].sum(1)
LABELS = RNG.integers(0, 2, (30, 4))
SCORES = (LABELS + RNG.normal(size=(30, 4))).round(1)
ROWS = {"none": None, "weights": RNG.random(30), "some zeros": RNG.integers(0, 3, 30)}


@pytest.mark.parametrize("weight", ROWS)
@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples", None])
@pytest.mark.parametrize("max_fpr", [None, 0.4])
def test_labels(average, weight, max_fpr, close):
    options = {"average": average, "sample_weight": ROWS[weight], "max_fpr": max_fpr}
    rows = (LABELS.sum(1) > 0) & (LABELS.sum(1) < 4) if average == "samples" else slice(None)
    options["sample_weight"] = None if ROWS[weight] is None else ROWS[weight][rows]
    ours = metrics.roc_auc_score(LABELS[rows], SCORES[rows], **options)
    theirs = sklearn.metrics.roc_auc_score(LABELS[rows], SCORES[rows], **options)
    assert close(ours, theirs)


@pytest.mark.parametrize(
    "y_true",
    [LABELS == 1, LABELS * 1.0, LABELS.tolist(), torch.tensor(LABELS), pd.DataFrame(LABELS), pl.DataFrame(LABELS)],
)
def test_kinds_of_label_matrices(y_true, close):
    ours = metrics.roc_auc_score(y_true, pd.DataFrame(SCORES))
    theirs = sklearn.metrics.roc_auc_score(y_true, pd.DataFrame(SCORES))
    assert close(ours, theirs)


@pytest.mark.parametrize("average", ["micro", "macro", "weighted", None])
@pytest.mark.parametrize("weight", [None, RNG.random(60)], ids=["none", "weights"])
def test_one_against_the_rest(average, weight, close):
    options = {"multi_class": "ovr", "average": average, "sample_weight": weight}
    ours = metrics.roc_auc_score(CLASSES, P, **options)
    theirs = sklearn.metrics.roc_auc_score(CLASSES, P, **options)
    assert close(ours, theirs)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_one_against_one(average, close):
    ours = metrics.roc_auc_score(CLASSES, P, multi_class="ovo", average=average)
    theirs = float(sklearn.metrics.roc_auc_score(CLASSES, P, multi_class="ovo", average=average))
    assert close(ours, theirs)


@pytest.mark.parametrize("multi_class", ["ovr", "ovo"])
@pytest.mark.parametrize("labels", [None, list("abcd"), np.array(list("abcd")), pd.Series(list("abcd"))])
def test_classes_are_strings(multi_class, labels, close):
    y_true = np.array(list("abcd"))[CLASSES]
    ours = metrics.roc_auc_score(y_true, P, multi_class=multi_class, labels=labels)
    theirs = float(sklearn.metrics.roc_auc_score(y_true, P, multi_class=multi_class, labels=labels))
    assert close(ours, theirs)


@pytest.mark.parametrize("multi_class", ["ovr", "ovo"])
@pytest.mark.parametrize("labels", [[0, 1, 2, 3], [0.0, 1.0, 2.0, 3.0], torch.arange(4), np.arange(4)[:, None]])
def test_labels_of_two_or_three_of_four_classes(multi_class, labels, close):
    for keep in (CLASSES < 2, CLASSES != 1):
        options = {"multi_class": multi_class, "average": "weighted", "labels": labels}
        if multi_class == "ovr":
            with pytest.warns(metrics.UndefinedMetricWarning, match="one class only"):
                ours = metrics.roc_auc_score(CLASSES[keep], P[keep], **options)
            with pytest.warns(TheirWarning):
                theirs = sklearn.metrics.roc_auc_score(CLASSES[keep], P[keep], **options)
        else:
            ours = metrics.roc_auc_score(CLASSES[keep], P[keep], **options)
            theirs = float(sklearn.metrics.roc_auc_score(CLASSES[keep], P[keep], **options))
        assert close(ours, theirs)


@pytest.mark.parametrize(
    "y_score", [P.astype(np.float32), torch.tensor(P), pd.DataFrame(P), np.eye(4, dtype=int)[CLASSES]]
)
def test_kinds_of_probabilities(y_score, close):
    ours = metrics.roc_auc_score(CLASSES, y_score, multi_class="ovr")
    theirs = sklearn.metrics.roc_auc_score(CLASSES, y_score, multi_class="ovr")
    assert close(ours, theirs)


UNDEFINED = {
    "one class": lambda m: m.roc_auc_score([1, 1, 1], [0.1, 0.2, 0.3]),
    "one class, a string": lambda m: m.roc_auc_score(["a", "a"], [0.1, 0.2]),
    "one class, part of the area": lambda m: m.roc_auc_score([0, 0, 0], [0.1, 0.2, 0.3], max_fpr=0.5),
    "one class, weights": lambda m: m.roc_auc_score([0, 0], [0.1, 0.2], sample_weight=[1, 2]),
    "no weight for negatives": lambda m: m.roc_auc_score([0, 1], [0.1, 0.2], sample_weight=[0, 1]),
    "no weight for positives": lambda m: m.roc_auc_score([0, 1], [0.1, 0.2], sample_weight=[1, 0]),
    "an absent label": lambda m: m.roc_auc_score(LABELS * [1, 1, 1, 0], SCORES),
    "an absent label, apart": lambda m: m.roc_auc_score(LABELS * [1, 1, 1, 0], SCORES, average=None),
    "an absent label, weighted": lambda m: m.roc_auc_score(LABELS * [1, 1, 1, 0], SCORES, average="weighted"),
    "a constant label, weighted": lambda m: m.roc_auc_score(LABELS | [0, 0, 0, 1], SCORES, average="weighted"),
    "absent labels, together": lambda m: m.roc_auc_score(LABELS * 0, SCORES, average="micro"),
    "rows of one class": lambda m: m.roc_auc_score(LABELS | [[1]] + [[0]] * 29, SCORES, average="samples"),
    "an absent class": lambda m: m.roc_auc_score(CLASSES % 3, P, multi_class="ovr", labels=range(4)),
    "one class present": lambda m: m.roc_auc_score([1] * 60, P, multi_class="ovr", labels=range(4), average=None),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_undefined(case, close):
    with pytest.warns(metrics.UndefinedMetricWarning, match=r"`y_true` of `roc_auc_score` has .*: nan\."):
        ours = UNDEFINED[case](metrics)
    with pytest.warns(TheirWarning):
        theirs = UNDEFINED[case](sklearn.metrics)
    assert close(ours, theirs)


def test_labels_that_are_never_true_weigh_nothing():
    assert metrics.roc_auc_score(LABELS * 0, SCORES, average="weighted") == 0
    assert sklearn.metrics.roc_auc_score(LABELS * 0, SCORES, average="weighted") == 0
