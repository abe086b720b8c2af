"""What a call used: recognised under any name, with the learner's line; and its peak memory."""

import numpy as np
import pytest

from sandbox.test_machine import Bench

SOURCE = """
import numpy as np, torch, sklearn.metrics as skm
import torch.nn.functional as F, torch.nn as nn
from scipy.special import rel_entr as spread
from scipy import special, stats
from torch.nn.functional import cross_entropy as mine
def aliased(x, y): return mine(x, y)
def through_getattr(x, y): return getattr(F, "cross" + "_entropy")(x, y)
def indirect(x, y): return nn.CrossEntropyLoss()(x, y)
def divergence(x): return F.kl_div(x, x)
def building_block(x): return -torch.log_softmax(x, 1).mean()
def method(x): return x.softmax(1)
def by_scipy(p): return spread(p, p).sum()
def by_module(p): return special.rel_entr(p, p).sum()
def ranks(p): return stats.rankdata(p)
def area(p): return skm.roc_auc_score(p > p.mean(), p)
def optimizer(x):
    made = getattr(torch.optim, "Ad" + "am")([x])
    made.step()
class Own(torch.optim.Optimizer):
    def __init__(self, params): super().__init__(params, {})
    def step(self): pass
def own(x): Own([x]).step()
def plain(x): return (x.exp() / x.exp().sum(1, keepdim=True)).log()
def square(v): return (v[:, None] - v[None, :]).abs().sum()
def view(v): return v.expand(1000, len(v)).sum()
def loops(v):
    found = 0
    for a in v:
        for b in v:
            found += a > b
    return found
def comprehension(v): return sum([a > b for a in v for b in v])
def generator(v): return sum(a > b for a in v for b in v)
def square_numpy(p): return np.abs(p[:, None] - p[None, :]).sum()
"""


@pytest.fixture(scope="module")
def bench():
    bench = Bench(SOURCE)
    bench.put("x", [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], grad=True)
    bench.put("y", [0, 1], dtype="i8")
    bench.put("p", [0.25, 0.5, 0.125, 0.125], "numpy")
    bench.put("v", np.arange(500))
    bench.put("n", np.arange(500), "numpy")
    return bench


def line(text):
    return next(i for i, row in enumerate(SOURCE.splitlines(), 1) if text in row)


@pytest.mark.parametrize(
    ("function", "args", "used"),
    [
        ("aliased", "xy", [("torch.nn.functional.cross_entropy", "return mine")]),
        ("through_getattr", "xy", [("torch.nn.functional.cross_entropy", "getattr(F")]),
        ("indirect", "xy", [("torch.nn.CrossEntropyLoss", "CrossEntropyLoss()")]),
        ("building_block", "x", [("torch.log_softmax", "-torch.log_softmax")]),
        ("method", "x", [("torch.softmax", "x.softmax")]),
        ("by_scipy", "p", [("scipy.special.rel_entr", "spread(p, p)")]),
        ("by_module", "p", [("scipy.special.rel_entr", "special.rel_entr(p")]),
        ("ranks", "p", [("scipy.stats.rankdata", "rankdata(p)")]),
        ("area", "p", [("sklearn.metrics.roc_auc_score", "skm.roc_auc")]),
        ("optimizer", "x", [("torch.optim.Adam", "getattr(torch.optim"), ("torch.optim.Adam.step", "made.step()")]),
        ("own", "x", []),
        ("plain", "x", []),
    ],
)
def test_what_is_used_is_named_with_its_line(bench, function, args, used):
    answer = bench.call(function, *({"ref": name} for name in args), measure=True)
    assert answer["used"] == [[name, line(text)] for name, text in used]


@pytest.mark.filterwarnings("ignore:reduction")
def test_divergence(bench):
    used = bench.call("divergence", {"ref": "x"}, measure=True)["used"]
    assert used == [["torch.nn.functional.kl_div", line("F.kl_div")]]


@pytest.mark.parametrize(("function", "argument"), [("square", "v"), ("square_numpy", "n")])
def test_the_largest_intermediate(bench, function, argument):
    assert 250_000 <= bench.call(function, {"ref": argument}, measure=True)["peak"] < 1_100_000


def test_a_view_costs_nothing(bench):
    assert bench.call("view", {"ref": "v"}, measure=True)["peak"] < 50_000


@pytest.mark.parametrize("function", ["loops", "comprehension", "generator"])
def test_steps_of_a_loop_over_pairs_grow_with_their_number(bench, function):
    bench.put("few", np.arange(10), "numpy")
    bench.put("more", np.arange(40), "numpy")
    few, more = (bench.call(function, {"ref": name}, measure=True)["steps"] for name in ("few", "more"))
    assert 100 <= few < 500
    assert 12 * few < more <= 16 * few


def test_steps_inside_a_library_are_not_counted(bench):
    assert bench.call("plain", {"ref": "x"}, measure=True)["steps"] == 1


def test_without_measure_nothing_is_said(bench):
    answer = bench.call("plain", {"ref": "x"})
    assert not {"peak", "steps", "used"} & answer.keys()
    assert answer["seconds"] >= 0
