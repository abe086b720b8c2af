# expect: right
import numpy as np


def evaluate_auc(labels, scores):
    pos, neg = scores[labels == 1], np.sort(scores[labels == 0])
    report = {"pos": len(pos), "neg": len(neg), "auc": float("nan")}
    if len(pos) and len(neg):
        won = np.searchsorted(neg, pos, "left") + np.searchsorted(neg, pos, "right")
        report["auc"] = won.sum() / 2 / (len(pos) * len(neg))
    return report
