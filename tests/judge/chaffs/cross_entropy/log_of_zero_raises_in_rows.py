# expect: fragile
import math


def cross_entropy(y_true, y_pred):
    """每行 one-hot，只看等于 1 的位置"""
    loss = 0
    for t, p in zip(y_true, y_pred):
        for a, b in zip(t, p):
            if a == 1:
                loss += -math.log(b)
    return loss / len(y_true)
