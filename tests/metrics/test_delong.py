import math

import numpy as np
import pytest
import torch

from byhand import formulas
from byhand.metrics import delong_interval, delong_test, roc_auc_score

rng = np.random.default_rng(0)
Y = rng.random(400) < 0.3
A = np.round(rng.normal(size=400) + Y, 1)
B = np.round(A + rng.normal(size=400), 1)


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, list])
def test_interval_and_test_are_the_formula(convert):
    auc, error = formulas.delong(torch.from_numpy(A), torch.from_numpy(Y))
    found = delong_interval(convert(Y), convert(A))
    assert (found.auc, found.standard_error) == pytest.approx((auc.item(), error.item()), rel=1e-12)
    assert found.auc == roc_auc_score(Y, A)
    assert found.upper - found.auc == pytest.approx(1.959963985 * error.item())
    difference, error = formulas.delong_difference(*map(torch.from_numpy, (A, B, Y)))
    paired = delong_test(convert(Y), convert(A), convert(B))
    assert (paired.difference, paired.standard_error) == pytest.approx((difference.item(), error.item()), rel=1e-12)
    assert paired.p_value == pytest.approx(math.erfc(abs(paired.z) / math.sqrt(2)), rel=1e-9)


def test_nothing_overflows_at_145_000_rows_and_more():
    """The product of the class sizes, and squares of ranks, have more than 32 and 64 bits in known libraries."""
    n = 300_000
    y = np.arange(2 * n) % 2 == 0
    s = np.arange(2 * n) // 4  # tied in fours, two of each class
    found = delong_interval(y, s)
    blocks = n // 2
    assert found.auc == 0.5
    V = (np.arange(blocks) + 0.5) / blocks  # placements of both classes, each twice
    variance = np.var(np.repeat(V, 2), ddof=1) / n * 2
    assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-9)
    paired = delong_test(y, s, -s)
    assert (paired.difference, paired.p_value) == (0, 1)
    assert paired.standard_error == pytest.approx(2 * math.sqrt(variance), rel=1e-9)


def test_labels_and_errors():
    names = np.where(Y, "spam", "ham")
    assert delong_interval(names, A, pos_label="spam") == delong_interval(Y, A)
    assert np.isnan(delong_interval([0, 1], [1.0, 2.0]).standard_error)
    with pytest.raises(ValueError, match="`confidence` of `delong_interval` must be between 0 and 1, got 95"):
        delong_interval(Y, A, confidence=95)
    with pytest.raises(ValueError, match="`y_score_b` of `delong_test` must be as long as `y_true`, 400, got 399"):
        delong_test(Y, A, B[1:])
    with pytest.raises(ValueError, match="`y_score_a` of `delong_test` must be free of nan"):
        delong_test(Y, np.where(Y, np.nan, A), B)
