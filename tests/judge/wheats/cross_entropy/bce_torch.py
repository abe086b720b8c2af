# expect: library cross_entropy/log-clamped-at-minus-100
import torch.nn as nn

criterion = nn.BCELoss()


def binary_cross_entropy(y_hat, y):
    return criterion(y_hat, y)
