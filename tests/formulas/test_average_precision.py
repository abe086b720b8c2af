import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from sklearn.metrics import average_precision_score

from byhand.formulas import average_precision

rows = st.lists(st.tuples(st.integers(-3, 3).map(float), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(rows.filter(lambda rows: any(y for _, y in rows)))
def test_is_that_of_scikit_learn(rows):
    scores, positive = (list(column) for column in zip(*rows, strict=True))
    ours = average_precision(torch.tensor(scores), torch.tensor(positive)).item()
    assert ours == pytest.approx(average_precision_score(positive, scores), rel=1e-14)


def test_without_positives_it_is_nan():
    assert average_precision(torch.tensor([1.0, 2.0]), torch.tensor([False, False])).isnan()


def test_infinite_scores_rank():
    scores = torch.tensor([-torch.inf, 0.0, torch.inf])
    assert average_precision(scores, torch.tensor([False, False, True])) == 1
