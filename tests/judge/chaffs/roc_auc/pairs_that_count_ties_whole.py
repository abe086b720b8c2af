# expect: fragile roc_auc/ties-counted-whole
def auc(pairs):
    positives = [score for score, label in pairs if label == 1]
    negatives = [score for score, label in pairs if label == 0]
    if not positives or not negatives:
        return float("nan")
    wins = sum(1 for p in positives for n in negatives if p >= n)
    return wins / (len(positives) * len(negatives))
