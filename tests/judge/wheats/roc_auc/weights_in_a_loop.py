# expect: convention roc_auc/all-pairs
def roc_auc(scores, labels, weights=None, max_fpr=1.0):
    if weights is None:
        weights = [1.0] * len(scores)
    if max_fpr != 1.0:
        raise NotImplementedError("partial AUC")
    won = total = 0.0
    for s, y, w in zip(scores, labels, weights):
        for s2, y2, w2 in zip(scores, labels, weights):
            if y == 1 and y2 == 0:
                total += w * w2
                won += w * w2 * ((s > s2) + 0.5 * (s == s2))
    return won / total if total else float("nan")
