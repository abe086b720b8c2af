# expect: convention roc_auc/all-pairs
import numpy as np

auc = lambda t, p: np.mean([1.0 * (a > b) + 0.5 * (a == b) for a in p[t == 1] for b in p[t == 0]])
