# expect: right
import torch.nn.functional as F


def sequence_cross_entropy(logits, targets):
    B, T, V = logits.shape
    logp = F.log_softmax(logits.reshape(B * T, V), dim=1)
    return -logp.gather(1, targets.reshape(B * T, 1)).mean()
