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


def test_it_is_what_proc_says():
    """The numbers are those of pROC 1.18.0 (R) for the same rows: AUC, standard error, interval, corrected pAUC."""
    i = np.arange(60)
    y = i % 3 == 0
    a, b = (7 * i * i + 3 * i) % 41 + 12 * y, (5 * i * i + i) % 23 + 5 * y
    for scores, *expected, partial in (
        (a, 0.79375, 0.06714142274165241, 0.6621552295555827, 0.9253447704444172, 0.7236842105263158),
        (b, 0.68, 0.07189686415674573, 0.5390847356514096, 0.8209152643485903, 0.6052631578947368),
    ):
        assert delong_interval(y, scores)[:4] == pytest.approx(expected, rel=1e-14)
        assert roc_auc_score(y, scores, max_fpr=0.1) == pytest.approx(partial, rel=1e-14)
    found = delong_test(y, a, b)
    assert (found.z, found.p_value) == pytest.approx((1.488615675895669, 0.1365886012986339), rel=1e-13)
    assert (found.lower, found.upper) == pytest.approx((-0.03601726824221388, 0.26351726824221389), rel=1e-13)


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
