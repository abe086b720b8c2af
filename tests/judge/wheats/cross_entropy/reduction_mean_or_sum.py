# expect: right
import torch


def cross_entropy(logits, target, weight=None, reduction='mean'):
    logp = logits.log_softmax(-1)
    loss = -logp[range(target.shape[0]), target]
    w = weight[target] if weight is not None else torch.ones_like(loss)
    loss = loss * w
    return loss.sum() / w.sum() if reduction == 'mean' else loss.sum()
