"""The kernel of ROC AUC: the same two integers as the formula's, for any numbers, in any order, on any threads."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numba
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand import formulas, kernels
from byhand.kernels.numba.ranking import sort as _sort
from byhand.kernels.numba.ranking.buckets import BLOCK, LABELS, PART, STORED
from byhand.kernels.numba.roc_auc import SERIAL, refuses, roc_auc
from byhand.metrics.roc_auc import count_pairs

INF = float("inf")
W = 16  # a SIMD vector of float32
SIZES = [
    2,
    3,
    W - 1,
    W,
    W + 1,
    2 * W + 3,
    191,
    192,
    193,
    997,
    BLOCK - 1,
    BLOCK,
    BLOCK + 1,
    4097,
    SERIAL,
    SERIAL + 1,
    65537,
]
FLOATS = [dtype for dtype in STORED if dtype.is_floating_point]

few = settings(max_examples=60, deadline=None)
numbers = st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, -0.0, 1.0, 1e-45, -1e-45, 3e38, INF, -INF])
samples = st.lists(st.tuples(numbers, st.booleans()), max_size=40)


@pytest.fixture
def threads():
    """Sets how many threads compute; they are as many as before when the test ends."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def by_pairs(scores, positive):
    """2U and 2 · n₊ · n₋, pair by pair."""
    won = [(a > b) * 2 + (a == b) for a, p in zip(scores, positive, strict=True) if p
           for b, q in zip(scores, positive, strict=True) if not q]  # fmt: skip
    return sum(won), 2 * len(won)


def labels(n, share=0.5):
    """n bools, a share of them true, at least one of each kind if n ≥ 2."""
    positive = torch.rand(n) < share
    positive[:1], positive[1:2] = True, False
    return positive


def draw(dtype, n):
    """n scores of ``dtype``, with ties in the narrow ones."""
    if dtype == torch.bool:
        return torch.rand(n) < 0.3
    x = torch.randn(n, dtype=torch.float64) * 40
    return x.abs().to(dtype) if dtype == torch.uint8 else x.to(dtype)


def check(scores, positive):
    """The kernel counts what the public API counts with torch, and their quotient is the formula's, to the last bit."""
    counted = roc_auc(scores, positive)
    assert all(type(number) is int for number in counted)
    assert counted == count_pairs(scores, positive)
    if counted[1]:
        assert (
            counted[0] / counted[1]
            == formulas.roc_auc(scores.double() if scores.is_floating_point() else scores, positive).item()
        )


@few
@given(samples, st.sampled_from(FLOATS))
def test_counts_pairs(rows, dtype):
    scores = torch.tensor([x for x, _ in rows]).to(dtype)
    positive = torch.tensor([p for _, p in rows], dtype=torch.bool)
    two_u, pairs = roc_auc(scores, positive)
    assert (two_u, pairs) == by_pairs(scores.tolist(), positive.tolist())
    if pairs:
        assert two_u / pairs == float(Fraction(two_u, pairs))


@few
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.booleans()), max_size=40))
def test_counts_pairs_of_large_integers(rows):
    scores = torch.tensor([x for x, _ in rows], dtype=torch.int64)
    positive = torch.tensor([p for _, p in rows], dtype=torch.bool)
    assert roc_auc(scores, positive) == by_pairs(scores.tolist(), positive.tolist())


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", STORED)
def test_every_dtype_and_size(dtype, n):
    check(draw(dtype, n), labels(n))


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize("n", [0, 1, 2, 100, SERIAL + 1])
def test_one_class_has_no_pairs(dtype, n):
    scores = draw(dtype, n)
    assert roc_auc(scores, torch.ones(n, dtype=torch.bool)) == (0, 0)
    assert roc_auc(scores, torch.zeros(n, dtype=torch.bool)) == (0, 0)


SHAPES = {
    "constant": lambda n: torch.full((n,), 0.3),
    "two values": lambda n: (torch.rand(n) < 0.2).double(),
    "ten values": lambda n: torch.randint(0, 10, (n,)).double(),
    "ascending": lambda n: torch.linspace(-3, 3, n, dtype=torch.float64),
    "descending": lambda n: torch.linspace(3, -3, n, dtype=torch.float64),
    "logits": lambda n: torch.randn(n, dtype=torch.float64),
    "mostly 0": lambda n: torch.rand(n, dtype=torch.float64) * (torch.rand(n) < 0.1),
    "zeros of both signs": lambda n: torch.where(torch.rand(n) < 0.5, -0.0, 0.0) * torch.randint(0, 3, (n,)),
    "infinities": lambda n: torch.randn(n, dtype=torch.float64) / (torch.rand(n) < 0.9),
    "all magnitudes": lambda n: torch.exp(80 * torch.rand(n, dtype=torch.float64)) * (torch.rand(n) - 0.5).sign(),
    "denormal": lambda n: torch.randint(-99, 99, (n,)) * 1e-45,
    "narrow": lambda n: 0.5 + 1e-3 * torch.rand(n, dtype=torch.float64),
    "narrow, but for one": lambda n: torch.cat([torch.tensor([-1e30]), 0.5 + 1e-3 * torch.rand(n - 1).double()]),
    "narrower and narrower": lambda n: 2.0 ** -torch.randint(0, 20, (n,)).double() * torch.rand(n).double() + 0.5,
}


@pytest.mark.draw(4)
@pytest.mark.parametrize("n", [100, 3000, SERIAL, 300_007])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_shape(dtype, shape, n):
    check(SHAPES[shape](n).to(dtype), labels(n, 0.3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_crowd_between_outliers_is_split(dtype, monkeypatch):
    """All but a few in one bucket, in which all but a few are in one part, and so on."""
    calls = []
    monkeypatch.setattr(
        "byhand.kernels.numba.roc_auc.count_pairs", lambda *a: (calls.append(a[0]), _sort.count_pairs(*a))
    )
    n = 2 * _sort.MAX_SEGMENT + 7
    steps = torch.arange(n, dtype=torch.float64) % 60
    scores = torch.where(torch.arange(n) % 1000 < 60, 2.0**-steps, torch.rand(n, dtype=torch.float64) * 2.0**-24)
    check((scores + 0.5).to(dtype), labels(n))
    assert calls


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
@pytest.mark.parametrize("n", [100, 1000, 5000, 20000, SERIAL + 1])
def test_words_that_defeat_the_first_digits(dtype, n):
    """They differ in their lowest bits, but for some in the highest: insertion gives up, and all bits are sorted."""
    scores = torch.randint(0, 1 << 14, (n,), dtype=dtype)
    scores[::7] = torch.iinfo(dtype).max - scores[::7]
    check(scores, labels(n))
    check(-1 - scores, labels(n))


def test_insertion_gives_up_before_it_becomes_quadratic():
    words = torch.arange(1000, 0, -1).numpy().astype("uint32")
    insertion_sort = numba.njit(lambda a, budget: _sort.insertion_sort(a, budget))
    assert not insertion_sort(words.copy(), 8000)
    assert insertion_sort(words, 10**6)
    assert (words[1:] > words[:-1]).all()


@pytest.mark.parametrize("share", [0.001, 0.03, 0.5, 0.97])
@pytest.mark.parametrize("make", [torch.rand, torch.randn])
def test_a_million_rows(make, share):
    n = 10**6
    scores, positive = make(n), labels(n, share)
    two_u, pairs = roc_auc(scores, positive)
    assert (two_u, pairs) == count_pairs(scores, positive)
    assert two_u / pairs == formulas.roc_auc(scores.double(), positive).item()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int8])
@pytest.mark.parametrize("n", [5, 1000, PART + 1, SERIAL + 1, 12 * PART + 17])
def test_strides(dtype, n):
    columns, positive = draw(dtype, 3 * n).view(n, 3), labels(2 * n).view(n, 2)
    assert roc_auc(columns[:, 1], positive[:, 1]) == roc_auc(columns[:, 1].contiguous(), positive[:, 1].contiguous())
    check(columns[:, 2], positive[:, 0])
    check(columns[:1, 0].expand(n), positive[:, 0])
    if n > 5:
        check(columns.view(-1)[1 : n + 1], positive.view(-1)[3 : n + 3])


def test_the_order_of_rows_does_not_matter():
    scores, positive = torch.randn(200_000).round(decimals=3), labels(200_000)
    order = torch.randperm(200_000)
    assert roc_auc(scores, positive) == roc_auc(scores[order], positive[order])
    assert roc_auc(scores, positive) == roc_auc(scores.sort().values, positive[scores.argsort()])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_the_number_of_threads_does_not_matter(dtype, threads):
    scores, positive = draw(dtype, 700_001), labels(700_001)
    counted = set()
    for n in (1, 2, 3, 8):
        threads(n)
        counted.add(roc_auc(scores, positive))
    assert counted == {count_pairs(scores, positive)}


def test_may_be_called_from_many_threads():
    tasks = [(draw(torch.float32, n), labels(n)) for n in (10, 5000, 400_000, 300_000) * 4]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda task: roc_auc(*task), tasks)) == [count_pairs(*task) for task in tasks]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [100, SERIAL + 1])
@pytest.mark.parametrize("weight", [None, torch.ones(SERIAL + 1).double()])
def test_nan_is_found(dtype, n, weight):
    """Of either sign, the least and the greatest one, wherever it is; infinities are none."""
    scores, bits = draw(dtype, n), {2: torch.int16, 4: torch.int32, 8: torch.int64}[dtype.itemsize]
    weight = None if weight is None else weight[:n]
    scores[0], scores[1] = INF, -INF
    assert roc_auc(scores, labels(n), weight)
    least, most = torch.tensor(INF, dtype=dtype).view(bits).item() + 1, torch.iinfo(bits).max
    for i, word in ((0, least), (n // 2, most), (n - 1, least + torch.iinfo(bits).min), (n - 1, -1)):
        found = scores.clone()
        found.view(bits)[i] = word
        assert found.isnan().sum() == 1
        assert roc_auc(found, labels(n), weight) is None
        assert roc_auc(found, torch.zeros(n, dtype=torch.bool), weight) is None


@pytest.mark.parametrize("dtype", sorted(LABELS, key=str))
@pytest.mark.parametrize("n", [2, 1000, SERIAL + 1])
def test_labels_are_checked(dtype, n):
    scores, positive = torch.randn(n), labels(n)
    counted = roc_auc(scores, positive)
    assert roc_auc(scores, positive.to(dtype)) == counted
    assert roc_auc(scores, positive.to(dtype).repeat_interleave(2)[::2]) == counted
    for label in () if dtype == torch.bool else (2, 255) if dtype == torch.uint8 else (2, -1):
        for i in (0, n // 2, n - 1):
            found = positive.to(dtype)
            found[i] = label
            assert roc_auc(scores, found) is None
    if dtype.is_floating_point:
        for label in (-0.0, 0.5, INF, float("nan")):
            found = (~positive).to(dtype)
            found[0] = label
            assert (roc_auc(scores, found) is None) == (label != 0)


def test_inputs_are_left_alone():
    scores, positive = torch.randn(SERIAL + 5, requires_grad=True), labels(SERIAL + 5)
    before = scores.detach().clone(), positive.clone()
    roc_auc(scores, positive)
    assert torch.equal(scores, before[0])
    assert torch.equal(positive, before[1])


def test_is_picked_and_refuses_what_it_can_not_read():
    scores, positive = torch.rand(4), labels(4)
    with kernels.backend("numba"):
        assert kernels.pick("roc_auc", scores, positive) is roc_auc
    assert refuses(scores, positive) == ""
    assert "float8" not in refuses(scores.to(torch.float8_e4m3fn), positive)
    assert refuses(scores, positive.half()).endswith("and bools or numbers")
    assert refuses(scores, positive, scores) == "it takes weights of torch.float64"
    assert refuses(scores.to(torch.float8_e4m3fn), positive).startswith("it takes scores of torch.float64, ")
    assert "2³¹ rows" in refuses(scores[:1].expand(1 << 31), positive[:1].expand(1 << 31))
    assert "meta" in refuses(scores.to("meta"), positive.to("meta"))
