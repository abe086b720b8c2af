import math

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from byhand.formulas import group_roc_auc


@pytest.mark.parametrize("weighting", ["rows", "positives", "groups"])
def test_is_the_weighted_mean_of_scikit_learns(weighting):
    rng = np.random.default_rng(0)
    groups, y, s = rng.integers(0, 9, 80), rng.random(80) < 0.3, rng.integers(0, 5, 80)
    aucs, weights = [], []
    for g in np.unique(groups):
        own = groups == g
        if 0 < y[own].sum() < own.sum():
            aucs.append(roc_auc_score(y[own], s[own]))
            weights.append({"rows": own.sum(), "positives": y[own].sum(), "groups": 1}[weighting])
    ours = group_roc_auc(torch.from_numpy(s), torch.from_numpy(y), torch.from_numpy(groups), weighting)
    assert ours == pytest.approx(np.average(aucs, weights=weights), rel=1e-14)


def test_groups_of_one_class_are_left_out():
    scores, positive = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([False, True, True])
    assert group_roc_auc(scores, positive, torch.tensor([1, 1, 2])) == 1
    assert math.isnan(group_roc_auc(scores, positive, torch.tensor([1, 2, 3])))
