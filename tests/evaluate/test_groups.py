"""AUC within groups, against a pandas group-by of scikit-learn; the same bits for any order and split."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from byhand.evaluate import BadRow, GroupAuc, group_counts
from prediction_logs import log


def by_pandas(groups, y, s):
    """The AUC, rows and positives of each group with both classes."""

    def one(rows):
        both = rows.y.nunique() == 2
        return pd.Series([roc_auc_score(rows.y, rows.s) if both else np.nan, len(rows), rows.y.sum()])

    return pd.DataFrame({"g": groups, "y": y, "s": s}).groupby("g")[["y", "s"]].apply(one)


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint64"])
def test_is_the_group_by_of_scikit_learn(dtype):
    y, s = log(2000, dtype)
    s[::3] = s[0]  # ties
    groups = np.random.default_rng(1).zipf(1.3, 2000) % 80  # a few large groups, many small ones
    expected = by_pandas(groups, y, s)
    found = group_counts(groups, y, s)
    with np.errstate(invalid="ignore"):
        aucs = found.two_u / (2 * found.negatives * found.positives)
    np.testing.assert_allclose(aucs, expected[0].to_numpy(), rtol=1e-14)
    assert (found.groups == expected.index).all()
    assert (found.positives == expected[2]).all()
    assert (found.positives + found.negatives == expected[1]).all()
    state = GroupAuc()
    state.update(groups, y, s)
    both = expected.dropna()
    for weighting, weights in (("groups", None), ("rows", both[1]), ("positives", both[2])):
        assert state.mean(weighting) == pytest.approx(np.average(both[0], weights=weights), rel=1e-14)
    assert (state.groups, state.rows, state.left_out) == (len(both), both[1].sum(), len(expected) - len(both))
    assert state.rows + state.rows_left_out == 2000


@pytest.mark.parametrize(
    "rename",
    [
        lambda g: g * 10**12 - 5,
        lambda g: np.sort(g) * 10**12,
        lambda g: g.astype(np.uint8),
        lambda g: g.astype(str),
        lambda g: g.astype(float) / 7,
        lambda g: np.uint64(2**63) + g.astype(np.uint64),
    ],
)
def test_what_groups_are_called_does_not_matter(rename):
    y, s = log(3000, "float32")
    groups = np.random.default_rng(1).integers(0, 200, 3000)
    named = rename(groups)
    plain = np.unique(named, return_inverse=True)[1]
    one, other = group_counts(plain, y, s), group_counts(named, y, s)
    assert (other.groups == np.unique(named)).all()
    assert all((a == b).all() for a, b in zip(one[1:], other[1:], strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), min_size=1, max_size=60), st.randoms())
def test_neither_order_nor_split_changes_a_bit(rows, random):
    whole, parts = GroupAuc(), []
    whole.update(*(np.array(column) for column in zip(*rows, strict=True)))
    random.shuffle(rows)
    for g in range(6):
        if own := [row for row in rows if row[0] == g]:
            parts.append(whole.copy_empty())
            parts[-1].update(*(np.array(column) for column in zip(*own, strict=True)))
    random.shuffle(parts)
    merged = GroupAuc.from_bytes(parts[0].to_bytes())
    for part in parts[1:]:
        merged.merge(part)
    assert merged.to_bytes() == whole.to_bytes()


def test_bad_rows_are_named_and_no_rows_are_none():
    state = GroupAuc()
    state.update(np.empty(0, int), np.empty(0), np.empty(0))
    assert np.isnan(state.mean())
    with pytest.raises(BadRow, match="`scores` of `update` must be a number, got nan in row 1"):
        state.update([1, 1], [0, 1], [0.5, np.nan])
    with pytest.raises(BadRow, match="`groups` of `update` must be a number or a name, got nan in row 0"):
        state.update([np.nan, 1], [0, 1], [0.5, 1.0])
    with pytest.raises(ValueError, match="`weighting` of `mean` must be one of 'groups', 'rows', 'positives', got 'x'"):
        state.mean("x")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("label", 0.5, "`labels` of `update` must be 0 or 1, got 0.5 in row 1"),
        ("label", 2.0, "`labels` of `update` must be 0 or 1, got 2.0 in row 1"),
        ("score", float("nan"), "`scores` of `update` must be a number, got nan in row 1"),
    ],
)
def test_what_a_worker_of_spark_gets_is_checked(column, value, message):
    pa = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
    from byhand.evaluate import spark

    columns = {"user": [1, 1, 1], "label": [0.0, 1.0, 1.0], "score": [0.1, 0.2, 0.3]}
    good = pa.RecordBatch.from_pydict(columns)
    state = GroupAuc()
    state.update(*(np.array(x) for x in columns.values()))
    assert spark._group(iter([good]), b"") == state.to_bytes()
    bad = pa.RecordBatch.from_pydict(columns | {column: [columns[column][0], value, columns[column][2]]})
    with pytest.raises(ValueError, match=message):
        spark._group(iter([good, bad]), b"")


def test_many_groups_in_blocks_and_pieces(monkeypatch):
    monkeypatch.setattr("byhand.evaluate.rows.PIECE", 1000)
    y, s = log(6000, "float32")
    s = s.round(1)
    groups = np.random.default_rng(2).integers(-700, 800, 6000)
    found = group_counts(groups, y, s)
    for group, two_u, negatives, positives in zip(*found, strict=True):
        neg, pos = (s[(groups == group) & (y == label)] for label in (False, True))
        assert (len(neg), len(pos)) == (negatives, positives)
        assert two_u == 2 * (pos[:, None] > neg).sum() + (pos[:, None] == neg).sum()
    assert len(found.groups) == len(np.unique(groups))
