# expect: mistaken cross_entropy/logits-not-normalised
import torch


def cross_entropy(output, target):
    log_p = torch.log_softmax(output, dim=1)
    return -output[torch.arange(len(target)), target].mean()
