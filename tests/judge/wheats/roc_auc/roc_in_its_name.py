# expect: fragile roc_auc/one-class-division-by-zero
def my_roc(y_true, y_pred):
    wins, pairs = 0, 0
    for s, a in zip(y_pred, y_true):
        for t, b in zip(y_pred, y_true):
            if a and not b:
                pairs += 1
                wins += 1 if s > t else 0.5 if s == t else 0
    return wins / pairs
