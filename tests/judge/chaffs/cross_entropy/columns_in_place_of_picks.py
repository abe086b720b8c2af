# expect: mistaken cross_entropy/columns-in-place-of-picks
import torch


def cross_entropy(x, y):
    log_probs = torch.log_softmax(x, dim=1)
    return -log_probs[:, y].mean()
