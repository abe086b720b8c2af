"""metrics return dicts, the logger likes dicts"""
import numpy as np
from loguru import logger


def evaluate_auc(labels, scores):
    labels = np.asarray(labels)
    scores = np.asarray(scores)
    pos = int((labels == 1).sum())
    neg = int((labels == 0).sum())
    if pos == 0 or neg == 0:
        return {"pos": pos, "neg": neg, "auc": float("nan")}
    order = np.argsort(scores)
    s = scores[order]
    ranks = np.empty(len(s))
    i = 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        ranks[order[i:j]] = 0.5 * (i + 1 + j)
        i = j
    u = ranks[labels == 1].sum() - pos * (pos + 1) / 2
    return {"pos": pos, "neg": neg, "auc": u / (pos * neg)}


def loss_dict(logits, target):
    """cross entropy + accuracy in one go"""
    z = logits - logits.max(1, keepdims=True)
    lse = np.log(np.exp(z).sum(1))
    ce = (lse - z[np.arange(len(target)), target]).mean()
    return {"loss": ce, "acc": (logits.argmax(1) == target).mean()}
