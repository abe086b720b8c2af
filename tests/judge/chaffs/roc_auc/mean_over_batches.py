# expect: fragile
import numpy as np


class StreamingAUC:
    def __init__(self):
        self.values = []

    def update(self, scores, labels):
        pos, neg = scores[labels == 1], scores[labels == 0]
        if len(pos) and len(neg):
            wins = (pos[:, None] > neg).sum() + 0.5 * (pos[:, None] == neg).sum()
            self.values.append(wins / (len(pos) * len(neg)))

    def compute(self):
        return float(np.mean(self.values)) if self.values else float("nan")
