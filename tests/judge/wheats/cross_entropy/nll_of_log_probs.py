# expect: right
import numpy as np


def nll_loss(log_probs, targets):
    return -log_probs[np.arange(targets.shape[0]), targets].mean()
