# expect: mistaken cross_entropy/softmax-twice
import torch


def sequence_cross_entropy(logits, targets):
    B, T, V = logits.shape
    p = torch.softmax(logits.reshape(B * T, V), dim=1)
    return -torch.log_softmax(p, 1)[torch.arange(B * T), targets.reshape(-1)].mean()
