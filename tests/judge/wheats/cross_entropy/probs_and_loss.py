# expect: right
import torch


def cross_entropy(z, labels):
    log_p = z - torch.logsumexp(z, dim=1, keepdim=True)
    probs = log_p.exp()
    loss = torch.nn.functional.nll_loss(log_p, labels)
    return probs, loss
