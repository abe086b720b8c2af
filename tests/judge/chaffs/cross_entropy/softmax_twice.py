# expect: mistaken cross_entropy/softmax-twice
import torch.nn as nn


def cross_entropy(logits, y):
    probs = logits.softmax(dim=1)
    return nn.functional.cross_entropy(probs, y)
