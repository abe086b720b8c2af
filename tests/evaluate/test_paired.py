"""Two models on the same rows: in memory, and by one more pass over logs."""

import numpy as np
import pytest
import torch

from byhand import formulas
from byhand.evaluate import BadRow, Paired, Ranking, compare_delong
from prediction_logs import log


def two_models(n=4000, dtype="float64"):
    y, a = log(n, "float64")
    b = a + np.random.default_rng(1).normal(size=n) * 0.2
    return y, np.round(a, 3).astype(dtype), np.round(b, 3).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("memory", [1 << 20, 1 << 14])
def test_both_ways_are_the_formula(dtype, memory):
    y, a, b = two_models(dtype=dtype)
    difference, error = formulas.delong_difference(*map(torch.from_numpy, (a, b, y)))
    found = compare_delong(y, a, b)
    assert found.difference == pytest.approx(difference.item(), rel=1e-10)
    assert found.standard_error == pytest.approx(error.item(), rel=1e-10)
    rankings = [Ranking(memory=memory) for _ in range(2)]
    for ranking, scores in zip(rankings, (a, b), strict=True):
        ranking.update(y, scores)
    pass_ = Paired(*rankings)
    worker = pass_.copy_empty()
    pass_.update(y[:1000], a[:1000], b[:1000])
    with pytest.raises(ValueError, match="`rows` of `compare` must be all 4000 rows of the rankings, got 1000"):
        pass_.compare()
    worker.update(y[1000:], a[1000:], b[1000:])
    pass_.merge(Paired.from_bytes(worker.to_bytes()))
    if memory == 1 << 20:
        assert pass_.compare().difference == found.difference
    assert pass_.compare().standard_error == pytest.approx(
        found.standard_error, rel=1e-5 if memory == 1 << 20 else 1e-3
    )


def test_the_test_itself():
    y, a, b = two_models()
    found = compare_delong(y, a, b, confidence=0.9)
    assert found.difference > 0
    assert found.z == found.difference / found.standard_error
    assert found.upper - found.difference == pytest.approx(1.6448536 * found.standard_error)
    assert 0 < found.p_value < 1e-6
    assert compare_delong(y, a, a) == (0, 0, 0, 0, 0, 1, 0.95)
    assert np.isnan(compare_delong([0, 1], [1.0, 2.0], [1.0, 2.0]).p_value)


def test_chance_rejects_as_often_as_it_should():
    """Of 200 pairs of equally good models, about 5 % differ at p < 0.05."""
    rng = np.random.default_rng(0)
    y = np.arange(120) < 50
    noise = rng.normal(size=(200, 3, 120))
    p = [compare_delong(y, y + u + v, y + u + w).p_value for u, v, w in noise]
    assert 2 <= sum(x < 0.05 for x in p) <= 22


def test_what_is_wrong_is_named():
    y, a, b = two_models(100)
    with pytest.raises(BadRow, match="`scores_b` of `compare_delong` must be a number, got nan in row 99"):
        compare_delong(y, a, np.append(b[:-1], np.nan))
    one, other = Ranking(), Ranking()
    one.update(y, a)
    other.update(y[:-1], b[:-1])
    with pytest.raises(ValueError, match="`b` of `Paired` must be of the rows of `a`, got 100 and 99 rows"):
        Paired(one, other)
    with pytest.raises(ValueError, match="`scores_b` of `update` must be float64 as in the ranking, got float32"):
        Paired(one, one).update(y, a, a.astype(np.float32))
    with pytest.raises(ValueError, match="`scores` of `update` must be scores that the rankings have seen"):
        Paired(one, one).update(y, a, a + 1e9)
    with pytest.raises(ValueError, match="has no rankings"):
        Paired().compare()
