"""The functions that the kernels are made of: errors within what docs/exactness.md promises, special values, dtypes."""

import math
import re
from pathlib import Path

import numba
import numpy as np
import pytest
import torch
from numba.core.codegen import get_host_cpu_features

from byhand.kernels.numba.losses import ratio as _ratio
from byhand.kernels.numba.losses import softmax as _softmax
from byhand.kernels.numba.runtime import math as _math
from byhand.kernels.numba.runtime.memory import narrow, widen

PAGE = Path(__file__).parents[3] / "docs" / "exactness.md"
LINES = re.findall(r"^\| `byhand .*$", PAGE.read_text("utf-8"), re.M)  # … 0.1 (`0x3dcccccd`) … **1.05** |
PROMISED = {line.split("`")[1].split()[1]: float(line.split("**")[1]) for line in LINES}
WORST = [float(line.split(" (`0x")[0].split()[-1]) for line in LINES]

INF, NAN = np.float32(np.inf), np.float32(np.nan)
SMALLEST = np.float32(2.0**-126)
NANS = np.uint32([0x7FC00000, 0x7FC00001, 0x7F800001, 0x7FFFFFFF, 0xFFC00000, 0xFF800001, 0xFFFFFFFF]).view(np.float32)
HALF_LN2 = np.float32(0.34657359)
STORED = {torch.bfloat16: np.uint16, torch.float16: np.int16}
AVX2 = pytest.mark.skipif(
    "+avx2" not in get_host_cpu_features().split(","), reason="the width of vectors is looked for where AVX2 is"
)


def loop(f):
    """A scalar function of the kernels, number by number."""

    @numba.njit(error_model="numpy")
    def fill(x, y):
        for i in range(x.size):
            y[i] = f(x[i])

    def apply(x):
        y = np.empty_like(x)
        fill(x, y)
        return y

    return apply


def numbers():
    """Two million bit patterns, and 256 neighbours on either side of whatever is special."""
    patterns = np.random.default_rng(0).integers(0, 1 << 32, 2_000_000, np.uint32)
    places = [*WORST, 0.0, 1e-45, 2.0**-126, 2.0**-24, 0.5**0.5, 1.0, 2.0**0.5, 2.0**24, 3.4028235e38]
    places += [88.72284, 89.0, 87.33654, 103.97208, 104.0, HALF_LN2, 0.5 * math.log(2), 3 * 0.5 * math.log(2)]
    bits = np.float32([*places, *(-x for x in places)]).view(np.uint32)
    near = (bits[:, None].astype(np.int64) + np.arange(-256, 257)).astype(np.uint32).ravel()
    return np.concatenate([patterns.view(np.float32), near.view(np.float32), [INF, -INF], NANS]).astype(np.float32)


NUMBERS = numbers()


def tail(r):
    """Exp r − 1 − r by its series, for |r| ≤ ½ log 2."""
    total = np.zeros_like(r)
    for k in range(17, 1, -1):
        total = (total * r + 1) / k
    return total * r * r


# name: (the reference in float64, where the function is for)
FUNCTIONS = {
    "exp32": (np.exp, lambda x: x == x),
    "exp32_of_nonpositive": (np.exp, lambda x: (x <= 0) & (np.exp(x.astype(float)) >= SMALLEST)),
    "log32": (np.log, lambda x: x > 0),
    "log1p32": (np.log1p, lambda x: x >= 0),
    "exp32_tail": (tail, lambda x: abs(x) <= HALF_LN2),
}

SPECIAL = {
    "exp32": [(0, 1), (-0.0, 1), (1e-45, 1), (INF, INF), (-INF, 0), (89, INF), (3e38, INF), (-104, 0), (-3e38, 0)],
    "exp32_of_nonpositive": [(0, 1), (-0.0, 1), (-1e-45, 1), (-INF, 0), (-87.33655, 0), (-3e38, 0)],
    "log32": [(1, 0), (0, -INF), (-0.0, -INF), (INF, INF), (-INF, NAN), (-1, NAN), (-1e-45, NAN)],
    "log1p32": [(0, 0), (INF, INF), (1e-45, 1e-45), (1e-30, 1e-30)],
    "exp32_tail": [(0, 0), (-0.0, 0)],
}


def test_the_page_promises():
    assert set(PROMISED) == set(FUNCTIONS)
    assert len(WORST) == len(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_error_in_ulp(name):
    reference, domain = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        x = NUMBERS[domain(NUMBERS)]
        y = loop(getattr(_math, name))(x).astype(np.float64)
        exact = reference(x.astype(np.float64))
        exact, y = (np.minimum(v, 2.0**128) for v in (exact, y))  # ∞ is the number after the greatest
        _, exponent = np.frexp(exact)
        ulp = np.ldexp(1.0, np.maximum(exponent - 24, -149))
        error = np.where(exact == y, 0, abs(y - exact) / ulp)
    assert x.size > 500_000
    worst = error.argmax()
    assert error[worst] <= PROMISED[name], (x[worst], y[worst], exact[worst])


@pytest.mark.parametrize("name", ["exp32", "exp32_of_nonpositive", "log32", "log1p32"])
def test_every_nan_stays_one(name):
    assert np.isnan(loop(getattr(_math, name))(NANS)).all()


@pytest.mark.parametrize("name", SPECIAL)
def test_special_values(name):
    x, y = np.float32(SPECIAL[name]).T.copy()
    np.testing.assert_array_equal(loop(getattr(_math, name))(x), y)


def test_what_is_below_the_smallest_normal_number_is_a_denormal_or_0():
    x = np.float32(np.linspace(-87.33655, -104, 100_000))
    assert (loop(_math.exp32_of_nonpositive)(x) == 0).all()
    y = loop(_math.exp32)(x)
    assert (y > 0).mean() > 0.99
    assert (np.diff(y) <= 0).all()


@pytest.mark.parametrize("name", ["exp32", "exp32_of_nonpositive", "log32", "log1p32"])
def test_is_monotone_to_a_rounding(name):
    """A greater number has a greater image, or one a neighbour below."""
    _, domain = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        y = loop(getattr(_math, name))(np.sort(NUMBERS[domain(NUMBERS)]))
        assert not (y[1:] < np.nextafter(y[:-1], -INF, dtype=np.float32)).any()


def test_log1p64_to_1():
    mpmath = pytest.importorskip("mpmath")
    random = np.random.default_rng(0)
    x = np.concatenate([random.uniform(0, 1, 2000), 2.0 ** random.uniform(-1022, 0, 2000), [1.0, 5e-324]])
    y = loop(_math.log1p64_to_1)(x)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        with mpmath.workdps(40):
            exact = mpmath.log1p(a)
            assert abs(b - exact) <= 2 * math.ulp(float(exact)), a
    np.testing.assert_array_equal(loop(_math.log1p64_to_1)(np.array([0.0, np.nan])), [0, np.nan])


def test_exp64():
    mpmath = pytest.importorskip("mpmath")
    random = np.random.default_rng(0)
    x = np.concatenate(
        [random.uniform(-745, 709.7, 2000), random.uniform(-1, 1, 2000), random.uniform(-1e-9, 1e-9, 99)]
    )
    y = loop(_math.exp64)(x)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        with mpmath.workdps(40):
            exact = mpmath.exp(a)
            assert abs(b - exact) <= math.ulp(float(exact)), a
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 710.0, 1e300, -746.0, -1e300])
    np.testing.assert_array_equal(loop(_math.exp64)(special), [1, 1, np.inf, 0, np.nan, np.inf, np.inf, 0, 0])


@pytest.mark.parametrize("distance", [1e-6, 1e-3, 0.1, 0.24, 0.26, 0.5, 5.0, 1e30])
@pytest.mark.parametrize("unit", [1.0, 1e-36])
def test_log_of_ratio(distance, unit):
    """log(q / p), and p · φ = q − p − p · log(q / p), which has all its digits where the two are near each other."""
    random = np.random.default_rng(0)
    p = np.float32(random.uniform(1e-3, 1, 20_000) * unit)
    q = np.float32(p * (1 + distance * random.uniform(-1 if distance < 1 else 0, 1, p.size)))
    ratio, half = _ratio.log_of_ratio32, _ratio.half_log_of_ratio32

    @numba.njit(error_model="numpy")
    def each(p, q, log_t, phi, log_half):
        for i in range(p.size):
            log_t[i], phi[i] = ratio(p[i], q[i])
            log_half[i] = half(p[i], q[i])

    log_t, phi, log_half = np.empty_like(p), np.empty_like(p), np.empty_like(p)
    each(p, q, log_t, phi, log_half)
    f = (q.astype(float) - p) / p
    np.testing.assert_allclose(log_t, np.log1p(f), rtol=3e-7, atol=0)
    usual = np.minimum(p, q) > 2.0**-125
    np.testing.assert_allclose(2 * log_half[usual], np.log1p(f)[usual], rtol=3e-7, atol=0)
    series = f * f * sum((-f) ** k / (k + 2) for k in range(200)) if distance <= 0.5 else f - np.log1p(f)
    np.testing.assert_allclose(phi, p * series, rtol=2e-6 if distance == 0.5 else 1e-6, atol=2.0**-147)


def test_log_of_special_ratios():
    pairs = [(1, 0), (0, 1), (1, INF), (INF, 1), (INF, INF), (-1, 1), (1, -1), (NAN, 1), (1, NAN), (0, -1), (1e-45, 1)]
    log_t = [-INF, INF, INF, -INF, NAN, NAN, NAN, NAN, NAN, NAN, 103.27893]
    phi = [INF, 1, INF, INF, NAN, NAN, NAN, NAN, NAN, -1, 1]
    ratio = numba.njit(error_model="numpy")(lambda p, q: _ratio.log_of_ratio32(p, q))
    found = [ratio(np.float32(p), np.float32(q)) for p, q in pairs]
    np.testing.assert_allclose(np.float32(found).T, [log_t, phi], rtol=1e-6)


def widened(bits):
    @numba.njit
    def fill(x, y):
        for i in range(x.size):
            y[i] = widen(x[i])

    y = np.empty(bits.size, np.float32)
    fill(bits, y)
    return y


def narrowed(x, dtype):
    one = STORED[dtype](0)

    @numba.njit
    def fill(x, y):
        for i in range(x.size):
            y[i] = narrow(x[i], one)

    y = np.empty(x.size, STORED[dtype])
    fill(x, y)
    return y


@pytest.mark.parametrize("dtype", STORED, ids=str)
def test_all_narrow_numbers_there_and_back(dtype):
    bits = np.arange(1 << 16, dtype=np.uint16).view(STORED[dtype])
    wide = widened(bits)
    theirs = torch.from_numpy(bits.view(np.int16)).view(dtype).float().numpy()
    np.testing.assert_array_equal(wide, theirs)
    assert np.array_equal(np.signbit(wide), np.signbit(theirs))
    back, number = narrowed(wide, dtype), ~np.isnan(wide)
    assert np.array_equal(back[number], bits[number])
    assert np.isnan(widened(back[~number])).all()


@pytest.mark.parametrize("dtype", STORED, ids=str)
def test_narrowing_rounds_as_torch_does(dtype):
    """All narrow numbers, the middles between two of them, and the float32 neighbours of both; nan and ∞ too."""
    wide = widened(np.arange(1 << 16, dtype=np.uint16).view(STORED[dtype]))
    with np.errstate(all="ignore"):
        middle = ((wide.astype(np.float64) + np.roll(wide, -1)) / 2).astype(np.float32)
    places = np.concatenate([wide, middle, NUMBERS[:200_000], NANS]).astype(np.float32).view(np.int32)
    x = (places[:, None] + np.int32([-1, 0, 1])).ravel().view(np.float32)
    ours = torch.from_numpy(narrowed(x, dtype).view(np.int16)).view(dtype)
    theirs = torch.from_numpy(x).to(dtype)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=0, equal_nan=True)
    assert torch.equal(ours.signbit()[~ours.isnan()], theirs.signbit()[~theirs.isnan()])
    assert torch.equal(ours.isnan(), torch.from_numpy(x).isnan())


def llvm(f, *arguments):
    """What a function of the kernels compiles to: compiled anew, as of a cached one nothing is kept."""
    options = {key: f.targetoptions[key] for key in ("error_model", "fastmath")}
    fresh = numba.njit(**options)(f.py_func)
    fresh(*arguments)
    (text,) = fresh.inspect_llvm().values()
    return text


@AVX2
@pytest.mark.parametrize("storage", [np.float32, np.uint16, np.int16])
def test_loops_are_vectors(storage):
    x, zero = np.zeros(4096, storage), np.float32(0)
    text = llvm(_softmax.keep_exps, x, zero, np.float32(1), np.zeros(4096, np.float32), zero)
    lanes = [int(n) for n in re.findall(r"f(?:add|mul) [\w ]*<(\d+) x float>", text)]
    assert lanes
    assert max(lanes) >= (16 if "+avx512f" in get_host_cpu_features().split(",") else 8)
    assert not re.search(r"call .*@(expf?|llvm\.exp)", text)  # of the C library: it would run number by number


@AVX2
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_vectors(name):
    f = getattr(_math, name)

    @numba.njit(nogil=True, error_model="numpy", fastmath={"contract"})
    def fill(x, y):
        for i in range(x.size):
            y[i] = f(x[i])

    text = llvm(fill, np.ones(64, np.float32), np.ones(64, np.float32))
    assert re.search(r"fmul [\w ]*<(8|16) x float>", text)
