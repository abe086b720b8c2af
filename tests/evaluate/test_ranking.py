"""AUC of any number of rows: exact, or within its bounds, and the same bits for any order and split."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.evaluate import BadRow, Ranking, counts, finish, ranking
from byhand.evaluate import rows as module
from byhand.kernels.numba.evaluate import sums
from prediction_logs import DTYPES, Parts, exact_auc, log

few = settings(max_examples=25, deadline=None)
score = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.0, -0.0, 1.0, np.inf, -np.inf, 5e-324]))
rows = st.lists(st.tuples(st.booleans(), score), min_size=2, max_size=60).filter(lambda r: len({y for y, _ in r}) == 2)


def columns(rows, dtype=np.float64):
    y, s = zip(*rows, strict=True)
    with np.errstate(over="ignore"):
        return np.array(y), np.array(s).astype(dtype)


def of(y, s, memory=1 << 20, size=None):
    found = Ranking(memory=memory)
    for part in Parts(size or max(1, len(y)), y, s):
        found.update(*part)
    return found


@few
@given(rows, st.sampled_from([np.float16, np.float32, np.float64]))
def test_is_the_share_of_pairs_correctly_rounded(rows, dtype):
    y, s = columns(rows, dtype)
    assert of(y, s).auc() == (exact_auc(y, s),) * 3


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_exact_in_one_pass(dtype):
    y, s = log(3000, dtype)
    s[:2] = s.dtype.type(0)
    assert of(y, s).auc() == (exact_auc(y, s),) * 3


def test_many_rows_with_neighbouring_scores_are_counted_in_a_table():
    y, s = log(20_000, "float16")
    found = of(np.tile(y, 2), np.tile(s, 2))
    assert len(s) > sums.FEW  # all positive scores of 16 bits are in one page
    assert found.auc() == (exact_auc(y, s),) * 3
    one = of(y, s)
    assert found.delong().standard_error == pytest.approx(one.delong().standard_error / 2**0.5, rel=1e-4)
    assert found.two_u() == 4 * one.two_u()


def test_unsigned_and_signed_integers_that_no_float_tells_apart():
    y, s = np.array([0, 1, 0, 1]), np.array([2**63 + 1, 2**63 + 2, 2**64 - 1, 0], np.uint64)
    assert of(y, s).auc().value == 0.25
    assert of(y, s.view(np.int64)).auc().value == 0.75


@few
@given(rows, st.randoms(use_true_random=False), st.integers(1, 9), st.sampled_from([1, 300, 1 << 20]))
def test_neither_order_nor_split_nor_merging_changes_a_bit(rows, random, size, memory):
    y, s = columns(rows, np.float32)
    order = random.sample(range(len(y)), len(y))
    states = [of(y[part], s[part], memory) for part in np.array_split(order, size)]
    random.shuffle(states)
    merged = states[0]
    for state in states[1:]:
        merged.merge(Ranking.from_bytes(state.to_bytes()) if random.random() < 0.5 else state)
    whole = of(y, s, memory)
    assert merged.to_bytes() == whole.to_bytes()
    assert merged.auc() == whole.auc()
    assert merged.delong() == whole.delong() or not whole.delong().standard_error >= 0
    assert merged.average_precision() == whole.average_precision()


@few
@given(rows)
def test_the_bounds_hold_whatever_the_memory(rows):
    y, s = columns(rows)
    for memory in (1, 200, 2000):
        value, lower, upper = of(y, s, memory).auc()
        assert 0 <= lower <= min(value, exact_auc(y, s)) <= max(value, exact_auc(y, s)) <= upper <= 1


@pytest.mark.parametrize(("dtype", "memory"), [("float32", 1 << 16), ("float64", 1 << 16), ("float64", 1 << 18)])
def test_further_passes_end_in_the_exact_value(dtype, memory):
    y, s = log(60_000, dtype)
    s[:4000] = s[4000]  # many ties
    found = of(y, s, memory, 9000)
    first = found.auc()
    assert not found.done
    assert first.lower < exact_auc(y, s) < first.upper
    assert finish(Parts(25_000, y[::-1], s[::-1]), found, first=False) is found
    assert found.n_passes > 1
    assert found.auc() == (exact_auc(y, s),) * 3
    exact = of(y, s)
    _, lower, upper = found.average_precision()
    assert lower - 1e-13 <= exact.average_precision().value <= upper + 1e-13
    assert upper - lower < 1e-4
    assert found.delong().standard_error == pytest.approx(exact.delong().standard_error, rel=1e-12)


def test_a_tolerance_needs_fewer_passes():
    y, s = log(60_000, "float64")
    found = finish(Parts(25_000, y, s), Ranking(memory=1 << 16), tolerance=1e-2)
    assert found.n_passes == 1
    assert 0 < found.width() <= 1e-2


def test_workers_share_a_pass():
    y, s = log(50_000, "float64")
    whole = of(y, s, 1 << 17)
    while not whole.done:
        whole.next_pass()
        for part in Parts(20_000, y, s):
            worker = Ranking.from_bytes(whole.copy_empty().to_bytes())
            worker.update(*part)
            with pytest.raises(ValueError, match="merge it into the one"):
                worker.auc()
            whole.merge(Ranking.from_bytes(worker.to_bytes()))
    assert whole.auc().value == exact_auc(y, s)


def test_rounded_scores_are_exact_in_one_pass_at_any_number_of_rows():
    y, s = log(40_000, "float64")
    s = np.round(s, 2)
    found = of(y, s, 1 << 18)
    assert len(s) * 8 > 1 << 18  # so the rows are not kept
    assert found.done
    assert found.auc().value == exact_auc(y, s)


def test_more_rows_than_a_piece(monkeypatch):
    monkeypatch.setattr(module, "PIECE", 1000)
    monkeypatch.setattr(ranking, "PIECE", 1000)
    monkeypatch.setattr(counts, "PENDING", 3000)
    y, s = log(20_500, "float32")
    for memory in (1 << 20, 1 << 14):
        parts = [of(y, s, memory, size) for size in (20_500, 999, 1500)]
        assert len({state.to_bytes() for state in parts}) == 1
    bad = s.copy()
    bad[[17_003, 19_000]] = np.nan
    state = of(y[:100], s[:100])
    with pytest.raises(BadRow, match="got nan in row 17003") as found:
        state.update(y, bad)
    assert (found.value.row, found.value.argument, state.rows) == (17_003, "scores", 100)
    assert state.to_bytes() == of(y[:100], s[:100]).to_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0.5, np.nan]), "`scores` of `update` must be a number, got nan in row 1."),
        (([0, 2], [0.5, 1.0]), "`labels` of `update` must be 0 or 1, got 2 in row 1."),
        (([0, np.nan], [0.5, 1.0]), "`labels` of `update` must be 0 or 1, got nan in row 1."),
        (([0, 1], [0.5]), "`scores` of `update` must be as long as `labels`, 2, got 1."),
        (([0, 1], [[0.5, 1.0]]), r"`scores` of `update` must be of shape \(n,\), got shape \(1, 2\)."),
        (([0, 1], ["a", "b"]), "`scores` of `update` must be floats or integers"),
        ((["a", "b"], [0.5, 1.0]), "`labels` of `update` must be bools, or 0 and 1, got dtype <U1."),
        (([0, 1], np.array([0.5, 1.0], np.float32)), "`scores` of `update` must be float64 as before, got float32."),
        (
            ([0, 1], [0.5, 1.0], [1, 1]),
            "`weights` of `update` must be the same for all rows: without weights, got with",
        ),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_is_added(arguments, message):
    state = Ranking()
    state.update([0, 1, 1], [0.1, 0.2, 0.3])
    before = state.to_bytes()
    with pytest.raises(ValueError, match=message):
        state.update(*arguments)
    assert state.to_bytes() == before


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf, 2.0**50])
def test_a_wrong_weight_is_named(weight):
    state = Ranking()
    with pytest.raises(BadRow, match=r"`weights` of `update` must be from 0 to 4\.39805e\+12, got .* in row 1"):
        state.update([0, 1], [0.5, 1.0], [1.0, weight])
    assert state.rows == 0


def test_settings_are_checked(monkeypatch):
    monkeypatch.setattr(ranking, "LEAST", 8 << 20)
    with pytest.raises(ValueError, match=r"`memory` of `Ranking` must be bytes, 8388608 or more, got 1000\."):
        Ranking(memory=1000)
    with pytest.raises(ValueError, match="`unit` of `Ranking` must be a power of 2"):
        Ranking(unit=0.3)
    one, other = Ranking(), Ranking(memory=16 << 20)
    with pytest.raises(ValueError, match="`other` of `merge` must be a state of the same pass and settings"):
        one.merge(other)
    with pytest.raises(ValueError, match="nothing for another pass"):
        one.next_pass()


def test_rows_that_change_between_passes_are_noticed():
    y, s = log(60_000, "float64")
    state = of(y, s, 1 << 16)
    state.next_pass()
    state.update(y[:-1], s[:-1])
    with pytest.raises(
        ValueError, match="must be the same in each pass: pass 2 has read 59999 rows, the first pass 60000"
    ):
        state.auc()
    state = of(y, s, 1 << 16)
    state.next_pass()
    state.update(~y, s)
    with pytest.raises(ValueError, match="or their scores or labels differ"):
        state.next_pass()


def test_read_only_strided_and_swapped_memory():
    y, s = log(600, "float32")
    expected, views = of(y, s).to_bytes(), [y.copy(), s.copy()]
    for x in views:
        x.flags.writeable = False
    assert of(*views).to_bytes() == expected
    assert of(np.repeat(y, 2)[::2], np.repeat(s, 2)[::2]).to_bytes() == expected
    assert of(y, s.astype(">f4")).to_bytes() == expected


def test_one_class_or_no_rows():
    assert np.isnan(Ranking().auc().value)
    assert Ranking().done
    state = of(np.ones(3, bool), np.arange(3.0))
    assert np.isnan(state.auc()).all()
    assert state.done
    assert np.isnan(state.delong().standard_error)
    assert state.average_precision().value == 1
    state.update(np.empty(0), np.empty(0))
    assert (state.rows, state.positives, state.negatives) == (3, 3, 0)


def test_pickle_and_bytes():
    y, s = log(5000)
    for memory in (1 << 20, 1 << 12):
        state = of(y, s, memory)
        assert pickle.loads(pickle.dumps(state)).auc() == state.auc()
        data = state.to_bytes()
        with pytest.raises(ValueError, match="cut off"):
            Ranking.from_bytes(data[:-1])
    with pytest.raises(ValueError, match=r"not a state of byhand\.evaluate"):
        Ranking.from_bytes(b"something else")
