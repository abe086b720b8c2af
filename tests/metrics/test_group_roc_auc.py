import numpy as np
import pandas as pd
import pytest
import torch

from byhand import formulas
from byhand.metrics import UndefinedMetricWarning, group_roc_auc_score

rng = np.random.default_rng(0)
G, Y, S = rng.integers(0, 40, 400), rng.random(400) < 0.3, rng.integers(0, 9, 400) / 9


@pytest.mark.parametrize("weighting", ["rows", "positives", "groups"])
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, list, pd.Series])
def test_is_the_formula(weighting, convert):
    expected = formulas.group_roc_auc(*map(torch.from_numpy, (S, Y, G)), weighting)
    found = group_roc_auc_score(convert(Y), convert(S), convert(G), weighting=weighting)
    assert type(found) is float
    assert found == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("names", [G.astype(str), G.astype(object), np.array([f"u{g}" for g in G], object)])
def test_groups_have_any_names(names):
    assert group_roc_auc_score(Y, S, names) == group_roc_auc_score(Y, S, G)


def test_the_order_of_rows_changes_no_bit():
    order = rng.permutation(400)
    assert group_roc_auc_score(Y[order], S[order], G[order]) == group_roc_auc_score(Y, S, G)


def test_errors():
    with pytest.warns(UndefinedMetricWarning, match="`groups` of `group_roc_auc_score` has no group with both classes"):
        assert np.isnan(group_roc_auc_score([0, 1], [0.1, 0.2], [1, 2]))
    with pytest.raises(ValueError, match="`groups` of `group_roc_auc_score` must be as long as `y_true`, 400, got 399"):
        group_roc_auc_score(Y, S, G[1:])
    with pytest.raises(ValueError, match="`groups` of `group_roc_auc_score` must be free of missing values, got None"):
        group_roc_auc_score([0, 1], [0.1, 0.2], ["a", None])
    with pytest.raises(ValueError, match="`weighting` of `group_roc_auc_score` must be one of"):
        group_roc_auc_score(Y, S, G, weighting="clicks")
