"""The numbers of a tour: equal for equal seeds, and mistakes are detected."""

import gc
import re

import matplotlib
import numpy as np
import pytest
import sklearn.metrics
import torch

from byhand import losses, metrics, optim
from byhand.cli._tour import results, runs


def test_same_seed_same_page(small, tmp_path):
    pages = []
    for seed in (5, 5, 6):
        assert small("--seed", str(seed)).exit_code == 0
        html = (tmp_path / "report.html").read_text(encoding="utf-8")
        html = re.sub(r'<td class="seconds">[\d.]+</td>|Training took .* with torch\.|<dt>made</dt>.*', "", html)
        pages.append(html)
    assert pages[0] == pages[1]
    assert pages[0].replace("eed 5", "eed 6") != pages[2]


def test_the_process_is_left_as_it_was(small):
    before = torch.get_num_threads(), torch.get_rng_state(), matplotlib.rcParams.copy(), gc.get_freeze_count()
    small()
    after = torch.get_num_threads(), torch.get_rng_state(), matplotlib.rcParams.copy(), gc.get_freeze_count()
    assert torch.equal(before[1], after[1])
    assert [x for i, x in enumerate(before) if i != 1] == [x for i, x in enumerate(after) if i != 1]


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (optim, "SGD", lambda p, lr, **k: torch.optim.SGD(p, lr * (1 + 1e-7), **k)),
        (optim, "Adam", lambda p, **k: torch.optim.Adam(p, eps=1.001e-8, **k)),
        (optim, "AdamW", lambda p, weight_decay, **k: torch.optim.Adam(p, weight_decay=weight_decay, **k)),
        (losses, "kl_divergence", lambda p, q, **k: torch.tensor(float("nan"), requires_grad=True)),
        (metrics, "roc_auc_score", lambda y, s, **k: sklearn.metrics.roc_auc_score(y, s, **k) + 1e-9),
    ],
)
def test_a_difference_is_found(small_plan, monkeypatch, module, name, wrong):
    monkeypatch.setattr(module, name, wrong)
    found = list(runs.run(small_plan(seed=0, epochs=1), lambda *_: None))
    assert not all(result.passes for result in found)
    assert all(result.would_notice for result in found)
    assert all("differs from torch or scikit-learn by" in sentence for sentence in results.verdict(found))


def test_nothing_is_found_where_nothing_is(small_plan):
    found = list(runs.run(small_plan(seed=1, epochs=2), lambda *_: None))
    assert len(found) == 10
    assert all(result.passes for result in found)
    assert len(results.verdict(found)) == 1


def test_a_difference_is_told_everywhere(small, tmp_path, monkeypatch):
    monkeypatch.setattr(optim, "SGD", lambda p, lr, **k: torch.optim.SGD(p, 1.001 * lr, **k))
    result = small()
    assert result.exit_code == 1
    assert re.search(r"^digits, SGD .* from torch: too far$", result.stdout, re.MULTILINE)
    assert "digits, SGD: differs from torch or scikit-learn by" in result.stdout
    assert "agree" not in result.stdout
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<p class="verdict bad">digits, SGD: differs from torch' in html


def test_a_blind_check_is_no_agreement(small_plan, monkeypatch):
    monkeypatch.setattr(runs, "MISTAKE", 0.0)
    found = list(runs.run(small_plan(seed=0, epochs=1), lambda *_: None))
    assert not any(result.passes for result in found)
    assert all("proves nothing; a mistake of 0 is within" in sentence for sentence in results.verdict(found))


def test_nan_is_the_largest_difference():
    far = results.Distance(0.0, float("nan"), 0.0)
    assert np.isnan(far.largest)
