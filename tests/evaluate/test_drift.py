"""Histograms of scores, and how far they are apart."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import entropy

from byhand.evaluate import BadRow, Ranking, Scores, drift


def of(scores, edges=None):
    state = Scores(edges)
    state.update(scores)
    return state


def test_counts_are_those_of_numpy():
    rng = np.random.default_rng(0)
    s = np.append(rng.normal(size=1000), [0, 1, -np.inf, np.inf, 0.05])
    state = of(s)
    edges = np.concatenate([[-np.inf], np.arange(21) / 20, [np.inf]])
    expected = [((s >= a) & (s < b)).sum() for a, b in pairwise(edges)]
    expected[-1] += 1  # ∞ itself
    assert state.counts.tolist() == expected


def test_drift_is_psi_and_kl():
    rng = np.random.default_rng(0)
    a, b = rng.random(1000), rng.random(500) ** 2
    edges = [0.25, 0.5, 0.75]
    p, q = ((of(x, edges).counts + 0.5) / (len(x) + 2) for x in (a, b))
    found = drift(of(a, edges), of(b, edges))
    assert found.kl == pytest.approx(entropy(q, p), rel=1e-12)
    assert found.psi == pytest.approx(entropy(q, p) + entropy(p, q), rel=1e-12)
    assert drift(of(a), of(a)) == (0, 0)


def test_deciles_of_a_reference():
    rng = np.random.default_rng(0)
    s = rng.random(20_000)
    ranking = Ranking()
    ranking.update(s > 0.5, s)
    counts = of(s, ranking.quantile_edges(10)).counts
    assert len(counts) == 10
    assert abs(counts / 20_000 - 0.1).max() < 0.02


def test_states_merge_and_check_what_they_get():
    rng = np.random.default_rng(0)
    s = rng.random(100)
    merged = of(s[:50])
    merged.merge(Scores.from_bytes(of(s[50:]).to_bytes()))
    assert merged.to_bytes() == of(s).to_bytes()
    with pytest.raises(BadRow, match="`scores` of `update` must be a number, got nan in row 1"):
        merged.update([0.5, np.nan])
    assert merged.counts.sum() == 100
    with pytest.raises(ValueError, match="`other` of `merge` must be a state with the same edges"):
        merged.merge(of(s, [0.5]))
    with pytest.raises(ValueError, match="`edges` of `Scores` must be ascending numbers"):
        Scores([1, 0])
    with pytest.raises(ValueError, match="`current` of `drift` must be counted with the edges of `reference`"):
        drift(merged, of(s, [0.5]))
