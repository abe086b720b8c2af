# expect: right
import numpy as np


class AUROC:
    """流式 AUC：update 攒数据，compute 出结果"""

    def __init__(self):
        self.reset()

    def reset(self):
        self.preds, self.targets = [], []

    def update(self, preds, target):
        self.preds.append(np.asarray(preds))
        self.targets.append(np.asarray(target))

    def compute(self):
        s, y = np.concatenate(self.preds), np.concatenate(self.targets)
        pos, neg = s[y == 1], np.sort(s[y == 0])
        if len(pos) == 0 or len(neg) == 0:
            return float("nan")
        below = np.searchsorted(neg, pos, "left")
        upto = np.searchsorted(neg, pos, "right")
        return float((below + upto).sum() / 2 / len(pos) / len(neg))
