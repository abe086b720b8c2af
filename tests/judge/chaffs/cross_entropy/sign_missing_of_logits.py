# expect: mistaken cross_entropy/sign-missing-of-logits
import torch


def nll(logits, y):
    logp = logits.log_softmax(dim=1)
    return logp.gather(1, y[:, None]).mean()
