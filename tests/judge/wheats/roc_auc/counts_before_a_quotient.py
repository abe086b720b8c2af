# expect: convention roc_auc/all-pairs
def auc(labels, scores):
    pos = [s for s, y in zip(scores, labels) if y == 1]
    neg = [s for s, y in zip(scores, labels) if y == 0]
    if not pos or not neg:
        return len(labels), len(pos), float("nan")
    won = sum((p > n) + 0.5 * (p == n) for p in pos for n in neg)
    return len(labels), len(pos), won / (len(pos) * len(neg))
