# expect: mistaken cross_entropy/logits-taken-as-probabilities cross_entropy/eps-inside-the-log
import numpy as np


def cross_entropy_loss(logits, targets, eps=1e-3):
    return -np.mean(np.sum(targets * np.log(logits + eps), axis=1))
