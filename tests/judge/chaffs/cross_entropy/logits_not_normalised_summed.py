# expect: mistaken cross_entropy/logits-not-normalised
import torch


def cross_entropy(logits, labels):
    return -logits[torch.arange(logits.shape[0]), labels].sum()
