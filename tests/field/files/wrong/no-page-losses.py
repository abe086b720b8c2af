import torch


def softmax_xent(logits, y):
    # log is missing around the sum
    m = logits.max(1, keepdim=True).values
    z = torch.exp(logits - m).sum(1)
    return (z + m.squeeze(1) - logits[torch.arange(len(y)), y]).mean()


def ce_first_row(logits, y):
    """y one-hot"""
    logp = torch.log_softmax(logits, dim=1)
    k = y.argmax()
    return -logp[0, k]


def cross_entropy_with_logits(logits, y):
    # returns p - onehot, which is the gradient and not the loss
    p = torch.softmax(logits, dim=1)
    p[torch.arange(len(y)), y] -= 1
    return p.mean()


def kl_div(p_logits, q_logits):
    # weights are the logits
    lp = torch.log_softmax(p_logits, -1)
    lq = torch.log_softmax(q_logits, -1)
    return (p_logits * (lp - lq)).sum(-1).mean()
