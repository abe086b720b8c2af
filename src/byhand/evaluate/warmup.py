"""Calls every kernel of evaluation once, so that it is compiled, and kept for later processes."""

from __future__ import annotations

from typing import Any

import numpy as np

from byhand.evaluate.drift import Scores
from byhand.evaluate.groups import GroupAuc
from byhand.evaluate.paired import Paired
from byhand.evaluate.probabilities import Probabilities
from byhand.evaluate.ranking import LEAST, Ranking


def call_kernels(dtype: np.dtype[Any]) -> None:
    """Evaluate rows of this dtype, float32 or float64, in each way in which ``byhand eval`` may have to."""
    from byhand.evaluate.engines.groups import OrderedGroups
    from byhand.kernels.numba.evaluate.numbering import Numbering

    for n in (8, LEAST // 2 + 1):  # few rows are kept, and many are in cells
        y, x = (np.arange(n) % 2).astype(np.uint8), np.linspace(0, 1, n, dtype=dtype)
        for weights in (None, np.ones(n)):
            ranking = Ranking(memory=LEAST)
            ranking.update(y, x, weights)
            ranking.delong()
            ranking.roc_curve()
            ranking.pr_curve()
        Probabilities().update(y[:8], x[:8])
        Probabilities().update(y[:8], x[:8], np.ones(8))
    plain = Ranking()
    plain.update(y, x)
    Scores(plain.quantile_edges()).update(x[:8])
    Paired(plain, plain).update(y[:8], x[:8], x[:8])
    Numbering().replace(np.arange(1 << 16))  # so many that its table grows
    for users in (np.arange(8) // 4, np.arange(8, dtype=np.uint64) // 4):
        GroupAuc().update(users, y[:8], x[:8])
        ordered = OrderedGroups()
        ordered.update(users, y[:8], x[:8])
        ordered.finish()
