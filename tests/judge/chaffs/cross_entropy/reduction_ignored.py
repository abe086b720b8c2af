# expect: mistaken cross_entropy/reduction-ignored
import torch


def cross_entropy(input, target, reduction="mean"):
    logp = torch.log_softmax(input, dim=1)
    nll = -logp.gather(1, target.view(-1, 1)).squeeze(1)
    return nll.mean()
