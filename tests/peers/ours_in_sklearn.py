"""A plugin of pytest: scikit-learn's tests find our functions under scikit-learn's names.

The kinds of errors and warnings are compared, not their sentences, which are our own.
"""

import pytest
import sklearn.metrics
from sklearn.metrics import _ranking

from byhand import metrics

for name in ("auc", "roc_auc_score", "roc_curve"):
    for module in (sklearn.metrics, _ranking):
        setattr(module, name, getattr(metrics, name))


def of_kind(check):
    """``pytest.raises`` or ``pytest.warns`` without the pattern of the sentence."""
    return lambda *arguments, match=None, **options: check(*arguments, **options)


pytest.raises, pytest.warns = of_kind(pytest.raises), of_kind(pytest.warns)
