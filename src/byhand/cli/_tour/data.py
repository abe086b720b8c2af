"""Two real data sets that come with scikit-learn, so that the tour needs no network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import Tensor

_LOADERS = {"digits": load_digits, "breast cancer": load_breast_cancer}


@dataclass(frozen=True)
class Data:
    """Training and test samples: standardised float64 features ``x``, classes ``y``."""

    name: str
    classes: int
    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor


def load(name: str, seed: int) -> Data:
    """Load a data set; a quarter of its samples, stratified by class, is the test set.

    Mean and scale come from the training samples only, so training uses nothing of the test set.
    """
    x, y = _LOADERS[name](return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=0.25, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(train_x)
    return Data(
        name,
        int(y.max()) + 1,
        torch.as_tensor(scaler.transform(train_x)),
        torch.as_tensor(train_y),
        torch.as_tensor(scaler.transform(test_x)),
        torch.as_tensor(test_y),
    )
