# expect: library
from sklearn.metrics import auc, roc_curve


def area_under_roc(y_true, y_pred):
    fpr, tpr, thresholds = roc_curve(y_true, y_pred)
    return auc(fpr, tpr)
