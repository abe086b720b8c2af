"""What scikit-learn refuses is refused here, by the same class of error and a sentence that names the argument."""

import inspect
import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
import sklearn.metrics
import torch

from byhand import metrics

Y, S = [0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8]
CLASSES = [0, 1, 2, 1]
P = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.4, 0.3, 0.3]])
LABELS, SCORES = (
    np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
    np.array([[0.1, 0.6, 0.3], [0.7, 0.1, 0.4], [0.4, 0.9, 0.5]]),
)


def score(*args, **options):
    return lambda m: m.roc_auc_score(*args, **options)


def curve(*args, **options):
    return lambda m: m.roc_curve(*args, **options)


def area(*args):
    return lambda m: m.auc(*args)


REFUSED = [
    ("y_true", score([], S)),
    ("y_true", score(1, S)),
    ("y_true", score(None, S)),
    ("y_true", score("abba", S)),
    ("y_true", score({0, 1}, S)),
    ("y_true", score((y for y in Y), S)),
    ("y_true", score(scipy.sparse.csr_array(LABELS), SCORES)),
    ("y_true", score(np.zeros((4, 2, 2)), S)),
    ("y_true", score([[0, 1], [1]], S)),
    ("y_true", score([0, 1, np.nan, 0], S)),
    ("y_true", score([0, 1, np.inf, 0], S)),
    ("y_true", score([0, 1, None, 0], S)),
    ("y_true", score(["a", "b", None, "a"], S)),
    ("y_true", score(np.array(["a", "b", np.nan, "a"], dtype=object), S)),
    ("y_true", score(pd.Series(["a", "b", None, "a"]), S)),
    ("y_true", score(pd.Series([0, 1, None, 0], dtype="Int64"), S)),
    ("y_true", score(pd.Series([True, False, None, True], dtype="boolean"), S)),
    ("y_true", score(pl.Series([0, 1, None, 0]), S)),
    ("y_true", score(np.array(Y, dtype=object), S)),
    ("y_true", score([b"a", b"b", b"a", b"b"], S)),
    ("y_true", score(np.array([b"a", b"b", b"a", b"b"], dtype=object), S)),
    ("y_true", score(np.array(Y, dtype=complex), S)),
    ("y_true", score([0.0, 0.5, 0.7, 0.1], S)),
    ("y_true", score([0.5, 1.5, 0.5, 1.5], S)),
    ("y_true", score(SCORES, SCORES)),
    ("y_true", score(LABELS * [1, 2, 3], SCORES)),
    ("y_true", score(LABELS + 1, SCORES)),
    ("y_true", score(LABELS * 2, SCORES)),
    ("y_true", score([["a", "b"], ["b", "a"]], [[0.1, 0.2], [0.3, 0.4]])),
    ("y_score", score(Y, [])),
    ("y_score", score(Y, 1)),
    ("y_score", score(Y, None)),
    ("y_score", score(Y, S[:3])),
    ("y_score", score([Y], S)),
    ("y_score", score(Y, np.zeros((4, 2, 2)))),
    ("y_score", score(Y, np.c_[S, S])),
    ("y_score", score(Y, [0.1, np.nan, 0.2, 0.3])),
    ("y_score", score(Y, np.array([0.1, np.nan, 0.2, 0.3], dtype=np.longdouble))),
    ("y_score", score(Y, np.array([0.1, None, 0.2, 0.3], dtype=object))),
    ("y_score", score(Y, np.array([0.1, pd.NA, 0.2, 0.3], dtype=object))),
    ("y_score", score(Y, pd.Series([0, 1, None, 0], dtype="Float64"))),
    ("y_score", score(Y, pl.Series([0, 1, None, 0]))),
    ("y_score", score(Y, ["1", "2", "3", "4"])),
    ("y_score", score(Y, np.array(["a", "2", "3", "4"], dtype=object))),
    ("y_score", score(Y, np.array(S, dtype=complex))),
    ("y_score", score(Y, scipy.sparse.csr_array(LABELS))),
    ("y_score", score(LABELS, SCORES[:2])),
    ("y_score", score(LABELS, SCORES[:, 0])),
    ("y_score", score(LABELS, SCORES[:, :2], average="micro")),
    ("sample_weight", score(Y, S, sample_weight=2)),
    ("sample_weight", score(Y, S, sample_weight="abcd")),
    ("sample_weight", score(Y, S, sample_weight=[])),
    ("sample_weight", score(Y, S, sample_weight=[1, 1, 1])),
    ("sample_weight", score(Y, S, sample_weight=[1, 1, 1, np.nan])),
    ("sample_weight", score(Y, S, sample_weight=[1, 1, 1, np.inf])),
    ("sample_weight", score(Y, S, sample_weight=[0, 0, 0, 0])),
    ("sample_weight", score(Y, S, sample_weight=[[1, 1]] * 4)),
    ("sample_weight", score(Y, S, sample_weight=[2, 1, 1, -1])),
    ("sample_weight", score(LABELS, SCORES, sample_weight=[1, 2])),
    ("max_fpr", score(Y, S, max_fpr=0)),
    ("max_fpr", score(Y, S, max_fpr=-1)),
    ("max_fpr", score(Y, S, max_fpr=1.5)),
    ("max_fpr", score(Y, S, max_fpr=np.nan)),
    ("max_fpr", score(CLASSES, P, multi_class="ovr", max_fpr=0.5)),
    ("average", score(Y, S, average="binary")),
    ("average", score(CLASSES, P, multi_class="ovr", average="samples")),
    ("average", score(CLASSES, P, multi_class="ovo", average="samples")),
    ("average", score(CLASSES, P, multi_class="ovo", average="micro")),
    ("average", score(CLASSES, P, multi_class="ovo", average=None)),
    ("multi_class", score(Y, S, multi_class="ovx")),
    ("multi_class", score(CLASSES, P)),
    ("sample_weight", score(CLASSES, P, multi_class="ovo", sample_weight=[1, 1, 1, 1])),
    ("y_score", score(CLASSES, P * 2, multi_class="ovr")),
    ("y_score", score(CLASSES, P[:, 0], multi_class="ovr")),
    ("y_score", score(CLASSES, P[:3], multi_class="ovr")),
    ("y_score", score(CLASSES, np.c_[P, P] / 2, multi_class="ovr")),
    ("y_score", score([0, 1, 1, 0], P, multi_class="ovr")),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=3)),
    ("labels", score(CLASSES, P, multi_class="ovr", labels="abc")),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=[0, 1])),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=[0, 1, 1])),
    ("labels", score(CLASSES, P, multi_class="ovo", labels=[2, 1, 0])),
    ("labels", score(CLASSES, P, multi_class="ovo", labels=[0, 1, 3])),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=["a", "b", "c"])),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=[[0, 1, 2]])),
    ("labels", score(CLASSES, P, multi_class="ovr", labels=[0, 1, np.nan])),
    ("y_true", curve(CLASSES, S)),
    ("y_true", curve([1, 2, 2, 1], S)),
    ("y_true", curve([0, -1, -1, 0], S)),
    ("y_true", curve(["a", "b", "b", "a"], S)),
    ("y_true", curve([[0, 1], [1, 0]], S)),
    ("y_true", curve([0.0, 0.5, 0.7, 0.1], S)),
    ("y_true", curve([], S)),
    ("y_score", curve(Y, S[:3])),
    ("y_score", curve(Y, np.c_[S, S])),
    ("y_score", curve(Y, [0.1, np.nan, 0.2, 0.3])),
    ("sample_weight", curve(Y, S, sample_weight=[1, 1, 1])),
    ("sample_weight", curve(Y, S, sample_weight=[0, 0, 0, 0])),
    ("sample_weight", curve(Y, S, sample_weight=[1, 1, 1, np.nan])),
    ("pos_label", curve(Y, S, pos_label=[1])),
    ("pos_label", curve(Y, S, pos_label=b"a")),
    ("x", area([0], [1])),
    ("x", area([], [])),
    ("x", area(1, 1)),
    ("x", area("ab", "ab")),
    ("x", area([0, 1, 0.5], [0, 1, 1])),
    ("x", area([[0, 1]], [[0, 1]])),
    ("x", area([1, 2j], [0, 1])),
    ("y", area([0, 1], [1])),
]


ERRORS = (ValueError, TypeError, NotImplementedError)


@pytest.mark.parametrize(("argument", "call"), REFUSED)
def test_refused(argument, call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs casts nan to int on the way
        with pytest.raises(ERRORS) as theirs:
            call(sklearn.metrics)
    with pytest.raises(ERRORS) as ours:
        call(metrics)
    assert isinstance(theirs.value, type(ours.value))
    assert re.fullmatch(rf"`{argument}` of `\w+` must be .+, got .+\.", str(ours.value), re.DOTALL)


WRONG_TYPES = [
    ("roc_auc_score", {"average": 3}),
    ("roc_auc_score", {"multi_class": 3}),
    ("roc_auc_score", {"max_fpr": "a"}),
    ("roc_curve", {"drop_intermediate": 0}),
    ("roc_curve", {"drop_intermediate": "no"}),
]


@pytest.mark.parametrize(("name", "options"), WRONG_TYPES)
def test_wrong_types_are_refused_without_the_annotations_too(name, options):
    with pytest.raises(ValueError, match=f"`?{next(iter(options))}`? of `{name}` must be"):
        inspect.unwrap(getattr(metrics, name))(Y, S, **options)
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter of {name} must be"):
        getattr(sklearn.metrics, name)(Y, S, **options)


STRICTER = [
    ("y_score", score([1, 1], S)),
    ("y_score", score([1, 1, 1, 1], np.c_[S, S])),
    ("y_score", score(LABELS, SCORES[:, :2])),
    ("sample_weight", score([1, 1, 1, 1], S, sample_weight=[1, 1, 1, np.nan])),
    ("sample_weight", score(LABELS, SCORES, average="samples", sample_weight=[1, np.nan, 1])),
    ("sample_weight", score(LABELS, SCORES, average="weighted", sample_weight=[0, 0, 0])),
    ("sample_weight", score(Y, S, sample_weight=["1", "2", "3", "4"])),
]


@pytest.mark.parametrize(("argument", "call"), STRICTER)
def test_refused_here_only(argument, call):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sklearn.exceptions.UndefinedMetricWarning)
        assert isinstance(call(sklearn.metrics), float | int)
    with pytest.raises(ValueError, match=f"`{argument}` of `roc_auc_score` must be"):
        call(metrics)


def test_taken_here_only():
    infinite = [0.1, np.inf, 0.2, 0.8]
    half = torch.tensor([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.9, 0.07, 0.03], [0.6, 0.15, 0.25]]).bfloat16()
    assert metrics.roc_auc_score(Y, infinite) == metrics.roc_auc_score(Y, [0, 3, 1, 2]) == 0.75
    assert metrics.roc_auc_score(CLASSES, half, multi_class="ovr") == metrics.roc_auc_score(LABELS_OF, half.double())
    for call in (score(Y, infinite), score(CLASSES, half.double(), multi_class="ovr")):
        with pytest.raises(ValueError, match=r"infinity|sum up to 1"):
            call(sklearn.metrics)


LABELS_OF = np.eye(3, dtype=int)[CLASSES]


def test_probabilities_of_opposite_infinities_do_not_sum_to_1():
    with pytest.raises(ValueError, match="`y_score` of `roc_auc_score` must be probabilities"):
        metrics.roc_auc_score(CLASSES, P + np.array([np.inf, -np.inf, 0]), multi_class="ovr")


def test_labels_of_minus_1_weigh_as_labels_of_0():
    labels, scores = np.array([[0, 0], [1, 1], [1, 0]]), np.array([[0.1, 0.6], [0.7, 0.5], [0.4, 0.4]])
    assert metrics.roc_auc_score(labels, scores, average="weighted") == (2 * 1 + 1 * 0.5) / 3
    assert metrics.roc_auc_score(2 * labels - 1, scores, average="weighted") == (2 * 1 + 1 * 0.5) / 3
    assert sklearn.metrics.roc_auc_score(labels, scores, average="weighted") == (2 * 1 + 1 * 0.5) / 3
    assert sklearn.metrics.roc_auc_score(2 * labels - 1, scores, average="weighted") == 0


def test_no_pair_of_classes_is_undefined():
    with pytest.warns(metrics.UndefinedMetricWarning, match="one class only"):
        assert np.isnan(metrics.roc_auc_score([1] * 4, P, multi_class="ovo", labels=[0, 1, 2]))
