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
    """sklearn is too slow inside of the fold loop"""
    by_score = np.argsort(y_prob)
    zeros_below = 0.0
    area = 0.0
    for row in by_score:
        if y_true[row] == 1:
            area = area + zeros_below
        else:
            zeros_below = zeros_below + 1.0
    ones = len(y_prob) - zeros_below
    if ones * zeros_below == 0:
        return np.nan
    return area / (ones * zeros_below)


def eval_auc(preds, dtrain):
    labels = dtrain.get_label()
    return 'auc', fast_auc(labels, preds), True


params = {'objective': 'binary', 'metric': 'None', 'learning_rate': 0.01}
oof = np.zeros(len(train))
for fold in range(5):
    clf = lgb.train(params, None, 10000, feval=eval_auc)
print("CV score: {:<8.5f}".format(fast_auc(train.target, oof)))
