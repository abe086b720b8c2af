"""`RocAuc`: batches of any kind, torchmetrics' calls, checkpoints, passes."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from byhand.evaluate import ranking
from byhand.metrics import RocAuc, UndefinedMetricWarning
from prediction_logs import Parts, exact_auc, log

Y, S = log(500, "float32")
KINDS = [np.asarray, torch.as_tensor, list, pd.Series, pl.Series]


@pytest.mark.parametrize("convert", KINDS)
@pytest.mark.parametrize("labels", [bool, int, float])
def test_batches_of_any_kind(convert, labels):
    metric = RocAuc()
    for part in Parts(90, Y.astype(labels), S.astype(np.float64)):
        metric.update(*map(convert, part))
    assert metric.compute() == exact_auc(Y, S)
    assert metric.interval().exact
    assert metric.done


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn])
def test_dtypes_of_torch(dtype):
    s = torch.from_numpy(S).to(dtype)
    metric = RocAuc()
    metric.update(torch.from_numpy(Y), s)
    assert metric.compute() == exact_auc(Y, s.double().numpy())


def test_the_calls_of_torchmetrics():
    preds, target = torch.from_numpy(S), torch.from_numpy(Y).long()
    expected = exact_auc(Y, S)
    calls = [
        lambda m: m.update(preds, target),
        lambda m: m.update(preds=preds, target=target),
        lambda m: m.update(preds, target=target),
        lambda m: m.update(target, preds),
        lambda m: m.update(labels=target.float(), scores=preds),
        lambda m: m.update(preds.reshape(50, 10), target.reshape(50, 10)),
        lambda m: m(preds, target),
        lambda m: m.forward(target, preds),
    ]
    for call in calls:
        metric = RocAuc()
        call(metric)
        assert metric.compute() == expected
    metric = RocAuc()
    assert metric(preds[:100], target[:100]) == exact_auc(Y[:100], S[:100])
    assert metric(preds[100:], target[100:]) == exact_auc(Y[100:], S[100:])
    assert metric.compute() == expected
    metric.reset()
    with pytest.warns(UndefinedMetricWarning, match="`labels` of `RocAuc` has one class only"):
        assert np.isnan(metric.compute())


def test_weights_and_empty_batches():
    metric = RocAuc()
    metric.update(Y, S, np.full(500, 2))
    metric.update([], [], [])
    assert metric.compute() == exact_auc(Y, S)


def test_merging_and_checkpoints(tmp_path):
    whole, half, other = RocAuc(), RocAuc(), RocAuc()
    whole.update(Y, S)
    half.update(Y[:200], S[:200])
    other.update(Y[200:], S[200:])
    torch.save(half.state_dict(), tmp_path / "state.pt")
    loaded = RocAuc()
    loaded.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    loaded.merge(pickle.loads(pickle.dumps(other)))
    assert torch.equal(loaded.state_dict()["ranking"], whole.state_dict()["ranking"])
    assert loaded.compute() == whole.compute()
    with pytest.raises(ValueError, match="`state_dict` of `load_state_dict` must be that of a RocAuc"):
        loaded.load_state_dict({})
    with pytest.raises(ValueError, match="`other` of `merge` must be a RocAuc, got int"):
        loaded.merge(1)


def test_passes(monkeypatch):
    monkeypatch.setattr(ranking, "LEAST", 1)
    y, s = log(40_000, "float64")
    metric = RocAuc(memory=1 << 16)
    metric.update(y, s)
    low, high = metric.interval()[1:]
    assert low < metric.compute() < high
    assert metric.finish(Parts(9000, y, s)) == exact_auc(y, s)
    assert metric.delong().auc == exact_auc(y, s)
    again = RocAuc(memory=1 << 16)
    assert again.finish(Parts(9000, y, s), first=True, tolerance=0.5) == pytest.approx(exact_auc(y, s), abs=0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0.5, np.nan]), "`scores` of `update` must be a number, got nan in row 1."),
        (([0.5, 0.7], [0.5, 0.6]), "`labels` of `update` must be 0 or 1, got 0.5 in row 0."),
        (([0, 1], [[0.5, 1.0]]), "`scores` of `update` must be of the shape of `labels`, (2,), got shape (1, 2)."),
        (([0, 1], [0.5, 1.0], [1]), "`weights` of `update` must be as many as `labels`, 2, got 1."),
        (([0, 1],), "`scores` of `update` must be given, got nothing."),
    ],
)
def test_errors(arguments, message):
    metric = RocAuc()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        metric.update(*arguments)
    assert metric._ranking.rows == 0
