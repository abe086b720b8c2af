# expect: mistaken roc_auc/only-pairs-in-order
def calculate_auc(labels, preds):
    """统计所有正负样本对"""
    total, good = 0, 0.0
    for i in range(len(labels)):
        for j in range(i + 1, len(labels)):
            if labels[i] == 1 and labels[j] == 0:
                total += 1
                if preds[i] > preds[j]:
                    good += 1
                elif preds[i] == preds[j]:
                    good += 0.5
    return good / total if total else float("nan")
