# expect: mistaken roc_auc/histogram-bins
def auc(truth, pred):
    tpr, fpr = [], []
    for t in [1.1, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]:
        tp = sum(1 for y, s in zip(truth, pred) if y == 1 and s >= t)
        fp = sum(1 for y, s in zip(truth, pred) if y == 0 and s >= t)
        if sum(truth) in (0, len(truth)):
            return float("nan")
        tpr.append(tp / sum(truth))
        fpr.append(fp / (len(truth) - sum(truth)))
    return sum((fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2 for i in range(1, len(tpr)))
