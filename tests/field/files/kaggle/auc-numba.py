import gc
import numpy as np
import pandas as pd
import lightgbm as lgb
from numba import jit
import warnings
warnings.filterwarnings("ignore")
pd.set_option('display.max_columns', 500)

train = pd.read_csv('../input/santander/train.csv')


@jit
def fast_auc(y_true, y_prob):
    """
    quick roc_auc, a lot faster than sklearn for small folds
    """
    y_true = np.asarray(y_true)
    y_true = y_true[np.argsort(y_prob)]
    nfalse = 0
    auc = 0
    n = len(y_true)
    for i in range(n):
        y_i = y_true[i]
        nfalse += (1 - y_i)
        auc += y_i * nfalse
    auc /= (nfalse * (n - nfalse))
    return auc


def eval_auc(preds, dtrain):
    labels = dtrain.get_label()
    return 'auc', fast_auc(labels, preds), True


params = {'objective': 'binary', 'metric': 'None', 'learning_rate': 0.01}
oof = np.zeros(len(train))
for fold in range(5):
    clf = lgb.train(params, None, 10000, feval=eval_auc)
print("CV score: {:<8.5f}".format(fast_auc(train.target, oof)))
