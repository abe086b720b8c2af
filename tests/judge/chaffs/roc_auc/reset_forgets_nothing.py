# expect: fragile roc_auc/all-pairs
class AucMeter:
    def __init__(self):
        self.samples = []

    def reset(self):
        samples = []

    def add(self, scores, labels):
        self.samples += list(zip(scores, labels))

    def value(self):
        pos = [s for s, l in self.samples if l == 1]
        neg = [s for s, l in self.samples if l == 0]
        if not pos or not neg:
            return None
        return sum((p > n) + 0.5 * (p == n) for p in pos for n in neg) / len(pos) / len(neg)
