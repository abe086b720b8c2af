"""roc_auc_score beside scikit-learn's: whatever holds the numbers, the same expression line under line."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.metrics
import torch

from byhand import metrics

Y = np.array([0, 1, 1, 0, 1, 0, 0, 1])
S = np.array([0.1, 0.4, 0.35, 0.8, 0.8, 0.35, 0.2, 0.9])
W = np.array([1.0, 0.5, 2.0, 0.0, 0.25, 3.0, 1.5, 0.7])
YES_NO = np.where(Y == 1, "yes", "no")
TARGETS = {
    "list": Y.tolist(),
    "tuple": tuple(Y.tolist()),
    "bool": Y == 1,
    "list of bools": (Y == 1).tolist(),
    "-1, 1": 2 * Y - 1,
    "1, 2": Y + 1,
    "5, 7 in uint64": (2 * Y + 5).astype(np.uint64),
    "uint8": Y.astype(np.uint8),
    "float32": Y.astype(np.float32),
    "column": Y[:, None],
    "big endian": Y.astype(">i4"),
    "every other": np.repeat(Y, 2)[::2],
    "backwards": Y[::-1].copy()[::-1],
    "str": YES_NO,
    "list of str": YES_NO.tolist(),
    "object of str": YES_NO.astype(object),
    "column of str": YES_NO[:, None],
    "datetime": np.array(["2020-01-01", "2020-01-02"], dtype="M8[D]")[Y],
    "torch": torch.tensor(Y),
    "torch bool": torch.tensor(Y == 1),
    "torch column": torch.tensor(Y)[:, None],
    "pandas": pd.Series(Y, index=range(8, 0, -1)),
    "pandas Int64": pd.Series(Y, dtype="Int64"),
    "pandas boolean": pd.Series(Y == 1, dtype="boolean"),
    "pandas str": pd.Series(YES_NO),
    "pandas category": pd.Series(YES_NO, dtype="category"),
    "pandas ordered": pd.Series(pd.Categorical(YES_NO, categories=["yes", "no"], ordered=True)),
    "pandas category of int": pd.Series(Y, dtype="category"),
    "pandas frame": pd.DataFrame({"y": Y}),
    "pandas index": pd.Index(Y),
    "polars": pl.Series(Y),
    "polars bool": pl.Series(Y == 1),
    "polars str": pl.Series(YES_NO),
    "polars categorical": pl.Series(YES_NO, dtype=pl.Categorical),
    "polars enum": pl.Series(YES_NO, dtype=pl.Enum(["yes", "no"])),
    "polars frame": pl.DataFrame({"y": Y}),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_kinds_of_y_true(kind, close):
    y_true = TARGETS[kind]
    ours = metrics.roc_auc_score(y_true, S)
    theirs = sklearn.metrics.roc_auc_score(y_true, S)
    assert close(ours, theirs)


READONLY = S.copy()
READONLY.flags.writeable = False
KINDS = {
    "list": S.tolist(),
    "float16": S.astype(np.float16),
    "float32": S.astype(np.float32),
    "long double": S.astype(np.longdouble),
    "int": (S * 20).astype(int),
    "uint8": (S * 20).astype(np.uint8),
    "uint16": (S * 20).astype(np.uint16),
    "uint64": (S * 20).astype(np.uint64) + np.uint64(2**63),
    "int64 beyond 2**53": (S * 20).astype(int) + 2**60,
    "bool": S > 0.3,
    "object": S.astype(object),
    "object of str": S.astype(str).astype(object),
    "column": S[:, None],
    "readonly": READONLY,
    "big endian": S.astype(">f8"),
    "every other": np.repeat(S, 2)[::2],
    "backwards": S[::-1].copy()[::-1],
    "column of a matrix": np.stack([S, S], 1)[:, 1],
    "torch": torch.tensor(S),
    "torch float16": torch.tensor(S, dtype=torch.float16),
    "torch int": torch.tensor((S * 20).astype(int)),
    "pandas": pd.Series(S, index=range(8, 0, -1)),
    "pandas Float64": pd.Series(S, dtype="Float64"),
    "pandas frame": pd.DataFrame({"s": S}),
    "polars": pl.Series(S),
    "polars decimal": pl.Series(S).cast(pl.Decimal(4, 2)),
    "polars frame": pl.DataFrame({"s": S}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_y_score(kind, close):
    y_score = KINDS[kind]
    ours = metrics.roc_auc_score(Y, y_score)
    theirs = sklearn.metrics.roc_auc_score(Y, y_score)
    assert close(ours, theirs)


@pytest.mark.parametrize("kind", ["list", "float32", "torch", "pandas", "polars", "object", "column", "readonly"])
def test_kinds_of_sample_weight(kind, close):
    sample_weight = KINDS[kind]
    ours = metrics.roc_auc_score(Y, S, sample_weight=sample_weight)
    theirs = sklearn.metrics.roc_auc_score(Y, S, sample_weight=sample_weight)
    assert close(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.uint16, torch.uint64])
def test_dtypes_that_numpy_lacks_or_sklearn_refuses(dtype, close):
    y_score = torch.tensor(S * 20).to(dtype)
    ours = metrics.roc_auc_score(Y, y_score)
    theirs = sklearn.metrics.roc_auc_score(Y, y_score.double())
    assert close(ours, theirs)


def test_a_gradient_does_not_flow():
    y_score = torch.tensor(S, requires_grad=True)
    assert metrics.roc_auc_score(Y, y_score, max_fpr=0.5) == metrics.roc_auc_score(Y, S, max_fpr=0.5)
    assert y_score.grad is None


def test_memory_on_disk(tmp_path, close):
    np.save(tmp_path / "s.npy", S)
    y_score = np.load(tmp_path / "s.npy", mmap_mode="r")
    ours = metrics.roc_auc_score(Y, y_score)
    theirs = sklearn.metrics.roc_auc_score(Y, y_score)
    assert close(ours, theirs)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize(
    "dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.int64, torch.bool]
)
def test_on_a_gpu(dtype, close):
    y_score = torch.tensor(S * 20, device="cuda").to(dtype)
    for y_true in (Y, YES_NO, torch.tensor(Y, device="cuda")):
        for options in ({}, {"sample_weight": W}, {"max_fpr": 0.3}):
            ours = metrics.roc_auc_score(y_true, y_score, **options)
            assert close(ours, metrics.roc_auc_score(Y, y_score.cpu(), **options))
        ours = metrics.roc_curve(y_true == y_true[1], y_score)
        np.testing.assert_array_equal(ours, metrics.roc_curve(Y, y_score.cpu()))


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64])
@pytest.mark.parametrize("classes", [(0, 1), (3, 60_000)])
def test_many_labels_of_dtypes_that_torch_does_not_order(dtype, classes, close):
    y_true, y_score = np.array(classes, dtype)[np.arange(140_000) % 2], np.arange(140_000) % 777
    assert close(metrics.roc_auc_score(y_true, y_score), sklearn.metrics.roc_auc_score(y_true, y_score))


MATRIX = np.stack([Y, 1 - Y[::-1]], axis=1)
FRAMES = {
    "ints": pd.DataFrame(MATRIX),
    "bools": pd.DataFrame(MATRIX == 1),
    "Int64": pd.DataFrame(MATRIX).astype("Int64"),
    "boolean": pd.DataFrame(MATRIX == 1).astype("boolean"),
    "int and bool": pd.DataFrame({"a": MATRIX[:, 0], "b": MATRIX[:, 1] == 1}),
    "Int8 and boolean": pd.DataFrame(
        {"a": pd.array(MATRIX[:, 0], "Int8"), "b": pd.array(MATRIX[:, 1] == 1, "boolean")}
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_of_labels(kind, close):
    scores = np.stack([S, S[::-1]], axis=1)
    close(metrics.roc_auc_score(FRAMES[kind], scores), sklearn.metrics.roc_auc_score(MATRIX, scores))


def test_frames_of_scores(close):
    expected = sklearn.metrics.roc_auc_score(MATRIX, np.stack([S, Y], axis=1))
    for columns in ((S, Y), (pd.array(S, "Float32"), pd.array(Y, "Int64")), (pd.array(S, "Float64"), Y == 1)):
        close(metrics.roc_auc_score(MATRIX, pd.DataFrame(dict(enumerate(columns)))), expected)


class Arrow:
    """As an array of pyarrow that has no memory to share: it makes a NumPy array only where it is asked to copy."""

    def __init__(self, values):
        self.values = values

    def to_numpy(self):
        raise ValueError("Needed to copy 1 chunks with 0 nulls, but zero_copy_only was True")

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype or self.values.dtype)


@pytest.mark.parametrize("values", [Y == 1, YES_NO.astype(object)], ids=["bools", "strings"])
def test_arrays_that_have_to_be_copied(values, close):
    close(metrics.roc_auc_score(Arrow(values), S), sklearn.metrics.roc_auc_score(values, S))


@pytest.mark.parametrize("base", [2**53, 2**63, -(2**53) - 2, 2**70, 2**2000])
@pytest.mark.parametrize("beside", [[], [0.5], [-1, 0.5]], ids=str)
def test_whole_numbers_are_exact_however_large(base, beside):
    """Next to each other they are one float64, next to a fraction too."""
    scores = [base, base + 1, base, base + 1, *beside]
    labels = [0, 1, 0, 1, *(0 if base > 0 else 1 for _ in beside)]
    assert metrics.roc_auc_score(labels, scores) == 1.0
    assert metrics.roc_auc_score(labels, np.array(scores, dtype=object)) == 1.0


def test_the_warning_is_of_both_classes():
    with pytest.warns(sklearn.exceptions.UndefinedMetricWarning) as seen:
        metrics.roc_auc_score([1, 1], [0.5, 0.25])
    assert issubclass(seen[0].category, metrics.UndefinedMetricWarning)
    assert seen[0].category.__name__ == "UndefinedMetricWarning"
