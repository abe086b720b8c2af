# expect: mistaken cross_entropy/mean-over-all-elements-of-logits
import torch


def cross_entropy(logits, target):
    one_hot = torch.eye(logits.size(1), dtype=logits.dtype)[target]
    return -(one_hot * torch.log_softmax(logits, dim=1)).mean()
