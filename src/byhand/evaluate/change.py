"""The difference of the AUCs of two logs without common rows."""

from __future__ import annotations

import math
from statistics import NormalDist

from byhand.evaluate.results import Comparison, DeLong


def difference(a: DeLong, b: DeLong) -> Comparison:
    """AUC of ``a`` minus that of ``b``, whose errors are independent, so that their squares add.

    >>> found = difference(DeLong(0.75, 0.03, 0.7, 0.8, 0.95), DeLong(0.70, 0.04, 0.6, 0.8, 0.95))
    >>> round(found.standard_error, 4), round(found.z, 4)
    (0.05, 1.0)
    """
    normal, gap = NormalDist(), a.auc - b.auc
    error = math.hypot(a.standard_error, b.standard_error)
    reach = normal.inv_cdf((1 + a.confidence) / 2) * error
    z = gap / error if error else math.copysign(math.inf, gap) if gap else 0.0
    p = math.nan if math.isnan(z) else 2 * normal.cdf(-abs(z))
    return Comparison(gap, error, gap - reach, gap + reach, z, p, a.confidence)
