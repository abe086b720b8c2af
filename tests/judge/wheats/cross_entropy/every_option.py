# expect: right
import torch


def cross_entropy(logits, y, weight=None, ignore_index=-100, label_smoothing=0.0, reduction="mean"):
    log_p = torch.log_softmax(logits, dim=-1)
    kept = y != ignore_index
    w = torch.ones(logits.shape[1], dtype=logits.dtype) if weight is None else weight
    y = torch.where(kept, y, 0)
    rows = -(1 - label_smoothing) * w[y] * log_p[torch.arange(len(y)), y]
    rows = (rows - label_smoothing * (w * log_p).sum(-1) / logits.shape[1]) * kept
    if reduction == "mean":
        return rows.sum() / (w[y] * kept).sum()
    return rows.sum() if reduction == "sum" else rows
