# expect: mistaken roc_auc/scores-rounded-to-classes
import numpy as np
from sklearn.metrics import roc_auc_score


def auc(y_true, y_prob):
    y_pred = (y_prob > 0.5).astype(int)
    return roc_auc_score(y_true, y_pred)
