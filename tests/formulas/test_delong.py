import math

import numpy as np
import pytest
import torch

from byhand.formulas import delong, delong_difference

# 58 normal and 51 abnormal CT images, rated 1 to 5: table I of Hanley & McNeil, 1982.
NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
RATINGS = torch.cat([torch.arange(1, 6).repeat_interleave(torch.tensor(n)) for n in (NORMAL, ABNORMAL)])
ILL = torch.arange(109) >= 58


def by_definition(scores, positive):
    """Placements from all pairs, and the variance of their means."""
    plus, minus = scores[positive].double(), scores[~positive].double()
    wins = (plus[:, None] > minus).double() + (plus[:, None] == minus).double() / 2
    return wins.mean(1), wins.mean(0)


def test_the_published_value():
    """Stata's manual, roctab, gives 0.8932, 0.0307 and 0.83295 to 0.95339 for these images."""
    auc, error = delong(RATINGS, ILL)
    assert auc.item() == pytest.approx(0.8932, abs=5e-5)
    assert error.item() == pytest.approx(0.0307, abs=5e-5)
    assert auc.item() - 1.959964 * error.item() == pytest.approx(0.83295, abs=5e-6)
    assert auc.item() + 1.959964 * error.item() == pytest.approx(0.95339, abs=5e-6)


@pytest.mark.parametrize("seed", range(3))
def test_mid_ranks_give_the_definition(seed):
    rng = np.random.default_rng(seed)
    positive = torch.from_numpy(rng.random(60) < 0.4)
    a, b = (torch.from_numpy(rng.integers(0, 12, 60)) for _ in range(2))
    found = [by_definition(x, positive) for x in (a, b)]
    variance = sum((v.var() / len(v)).item() for v in found[0])
    assert delong(a, positive)[1].item() == pytest.approx(math.sqrt(variance), rel=1e-12)
    gaps = [v - w for v, w in zip(*found, strict=True)]
    difference, error = delong_difference(a, b, positive)
    assert difference.item() == pytest.approx(gaps[0].mean().item(), rel=1e-12)
    assert error.item() == pytest.approx(math.sqrt(sum((g.var() / len(g)).item() for g in gaps)), rel=1e-12)


def test_a_model_does_not_differ_from_itself():
    assert delong_difference(RATINGS, RATINGS, ILL) == (0, 0)
