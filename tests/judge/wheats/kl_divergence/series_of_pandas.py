# expect: right
import numpy as np
import pandas as pd


def kl_divergence(p: pd.Series, q: pd.Series):
    p, q = p.values / p.sum(), q.to_numpy() / q.sum()
    seen = p > 0
    return float(np.sum(p[seen] * np.log(p[seen] / q[seen])))
