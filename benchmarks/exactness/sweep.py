"""Errors of exp and log over all float32 numbers: byhand's, torch's and NumPy's, against float64."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
import torch

from benchmarks.exactness.text import table
from byhand.kernels.numba.runtime import math as _math
from byhand.kernels.numba.runtime.memory import double_of, long_bits_of

Array = np.ndarray[Any, np.dtype[Any]]

CHUNK = 1 << 18
HALF_LN2 = np.float32(0.34657359)

PROMISED = {"exp32": 1.05, "exp32_of_nonpositive": 1.05, "log32": 1.0, "log1p32": 1.5, "exp32_tail": 2.5}
"""Bounds of the errors in ULP, with or without FMA; tests/kernels/runtime/test_math.py reads them from the page."""

NAN, INF = np.float32(np.nan), np.float32(np.inf)
SPECIAL = {
    "nan": NAN,
    "nan, payload 1": np.uint32(0x7FC00001).view(np.float32),
    "−nan": np.uint32(0xFFC00000).view(np.float32),
    "∞": INF,
    "−∞": -INF,
    "0": np.float32(0),
    "−0": np.float32(-0.0),
    "2⁻¹⁴⁹": np.float32(1e-45),
    "−2⁻¹⁴⁹": np.float32(-1e-45),
    "2⁻¹²⁶": np.float32(2.0**-126),
    "1": np.float32(1),
    "−1": np.float32(-1),
    "−87.33654": np.float32(-87.33654),
    "−87.33655": np.float32(-87.33655),
    "−100": np.float32(-100),
    "88.72283": np.float32(88.72283),
    "88.72284": np.float32(88.72284),
}


def loop(f: Callable[..., Any]) -> Callable[[Array], Array]:
    """Make a function of arrays from a compiled scalar function."""

    @numba.njit(nogil=True, error_model="numpy")
    def fill(x, y):  # type: ignore[no-untyped-def]
        for i in range(x.size):
            y[i] = f(x[i])

    def apply(x: Array) -> Array:
        y = np.empty_like(x)
        fill(x, y)
        return y

    return apply


@numba.njit(nogil=True, error_model="numpy")
def tail(r):  # type: ignore[no-untyped-def]
    """Exp r − 1 − r for |r| ≤ ½ log 2, by its Taylor series."""
    total = 0.0
    for k in range(17, 1, -1):
        total = (total * r + 1.0) / k
    return total * r * r


@numba.njit(nogil=True, error_model="numpy")
def references(which, x, out):  # type: ignore[no-untyped-def]
    """A reference function in float64; its error of about 1e-16 is 1e-9 of a float32 ULP."""
    for i in range(x.size):
        v = np.float64(x[i])
        if which == 0:
            out[i] = math.exp(v)
        elif which == 1:
            out[i] = math.log(v) if v > 0 else (-np.inf if v == 0 else np.nan)
        elif which == 2:
            out[i] = math.log1p(v)
        else:
            out[i] = tail(v)


@numba.njit(nogil=True, error_model="numpy")
def compare(x, y, exact, flushes):  # type: ignore[no-untyped-def]
    """The largest error in ULP and its x, how many results are the nearest float32, and how many nan or ∞ are wrong."""
    worst, where, right, wrong = -1.0, np.float32(0), 0, 0
    for i in range(x.size):
        v, e = np.float64(y[i]), exact[i]
        if e != e or e == -np.inf or v != v:
            same = v == e or (v != v and e != e)
            right += same
            wrong += not same
            continue
        if flushes and e < 2.0**-126:
            right += v == 0
            wrong += not 0 <= v <= 2.0**-126
            continue
        right += y[i] == np.float32(e)
        v, e = min(v, 2.0**128), min(e, 2.0**128)  # ∞ counts as the number after the greatest
        exponent = max((long_bits_of(abs(e)) >> 52) - 1023, -126)
        error = abs(v - e) * double_of(np.int64((23 - exponent + 1023) << 52))
        if error > worst:
            worst, where = error, x[i]
    return worst, where, right, wrong


@dataclass
class Candidate:
    """A float32 function, and the results of comparing it."""

    name: str
    f: Callable[[Array], Array]
    takes: Callable[[Array], Array] | None = None
    flushes: bool = False
    found: list[tuple[float, float, int, int, int]] = field(default_factory=list)

    def add(self, x: Array, exact: Array) -> None:
        """Compare the function with ``exact`` on these numbers."""
        if self.takes is not None:
            mask = self.takes(x)
            x, exact = x[mask], exact[mask]
        if x.size:
            self.found.append((*compare(x, self.f(x), exact, self.flushes), x.size))

    def row(self, domain: str) -> list[str]:
        """A row of the table."""
        worst, where = max((one[:2] for one in self.found), default=(0.0, 0.0))
        right, wrong, size = (sum(one[i] for one in self.found) for i in (2, 3, 4))
        bits = np.float32(where).view(np.uint32)
        at, promised = f"{where:.9g} (`0x{bits:08x}`)", PROMISED.get(self.name.removeprefix("byhand "))
        share = f"{100 * right / size:.2f} %"
        bound = "" if promised is None else f"**{promised}**"
        return [f"`{self.name}`", domain, f"{size:,}", f"{worst:.4f}", at, share, str(wrong), bound]


def candidates() -> list[tuple[str, list[Candidate]]]:
    """The functions, grouped by reference function, with the domain of each group."""
    ours = {name: loop(getattr(_math, name)) for name in PROMISED}
    peers = {
        f"{library} {name}": apply
        for name in ("exp", "log", "log1p")
        for library, apply in (("torch", _torch(name)), ("numpy", getattr(np, name)))
    }

    def group(ours_of: list[Candidate], name: str) -> list[Candidate]:
        return ours_of + [Candidate(f"{library} {name}", peers[f"{library} {name}"]) for library in ("torch", "numpy")]

    below = Candidate("byhand exp32_of_nonpositive", ours["exp32_of_nonpositive"], lambda x: ~(x > 0), flushes=True)
    return [
        ("all", group([Candidate("byhand exp32", ours["exp32"]), below], "exp")),
        ("all", group([Candidate("byhand log32", ours["log32"])], "log")),
        ("x ≥ 0", group([Candidate("byhand log1p32", ours["log1p32"])], "log1p")),
        ("\\|x\\| ≤ ½ log 2", [Candidate("byhand exp32_tail", ours["exp32_tail"])]),
    ]


def _torch(name: str) -> Callable[[Array], Array]:
    function = getattr(torch, name)
    return lambda x: function(torch.from_numpy(x)).numpy()  # type: ignore[no-any-return]


DOMAINS = (None, None, lambda x: ~(x < 0), lambda x: abs(x) <= HALF_LN2)


def chunk(i: int, sample: int | None) -> Array:
    """Chunk i of all bit patterns, or of ``sample`` random ones."""
    if sample is None:
        return np.arange(i * CHUNK, (i + 1) * CHUNK, dtype=np.uint32).view(np.float32)
    size = min(CHUNK, sample - i * CHUNK)
    return np.random.default_rng(i).integers(0, 1 << 32, size, np.uint32).view(np.float32)


def work(groups: list[tuple[str, list[Candidate]]], x: Array) -> None:
    """Compare all functions on these numbers; several threads call it at once."""
    with np.errstate(all="ignore"):
        for which, ((_, members), domain) in enumerate(zip(groups, DOMAINS, strict=True)):
            part = x if domain is None else x[domain(x)]
            exact = np.empty(part.size)
            references(which, part, exact)
            for candidate in members:
                candidate.add(part, exact)


def sweep(sample: int | None) -> list[tuple[str, list[Candidate]]]:
    """Compare all functions on all numbers."""
    groups = candidates()
    work(groups, np.float32([1.0, 0.1, -1.0]))  # to compile the functions
    for _, members in groups:
        for candidate in members:
            candidate.found.clear()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the chunks run in parallel instead
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda i: work(groups, chunk(i, sample)), range(-(-(sample or 1 << 32) // CHUNK))):
            pass
    torch.set_num_threads(threads)
    return groups


def specials(groups: list[tuple[str, list[Candidate]]]) -> str:
    """The table of byhand's results for special values."""
    ours = [c for _, members in groups for c in members if c.name.startswith("byhand") and "tail" not in c.name]
    x = np.array(list(SPECIAL.values()))
    columns = [c.f(x) for c in ours]
    outside = {"byhand exp32_of_nonpositive": x > 0, "byhand log1p32": x < 0}
    rows = [
        [name, *("" if outside.get(c.name, x != x)[i] and x[i] == x[i] else f"{column[i]:.7g}"
                 for c, column in zip(ours, columns, strict=True))]
        for i, name in enumerate(SPECIAL)
    ]  # fmt: skip
    return table(["x", *(f"`{c.name.removeprefix('byhand ')}`" for c in ours)], rows)


def section(sample: int | None) -> str:
    """The Markdown of this section."""
    groups = sweep(sample)
    which = "all 2³² float32 numbers" if sample is None else f"{sample:,} random float32 bit patterns"
    rows = [
        candidate.row("x ≤ 0, nan" if candidate.takes else domain)
        for domain, members in groups
        for candidate in members
    ]
    header = ["function", "x", "numbers", "worst error, ULP", "at x", "nearest float32", "nan or ∞ wrong", "promised"]
    return TEXT.format(which=which, table=table(header, rows), specials=specials(groups))


TEXT = """\
## exp and log

Softmax and cross-entropy cannot be more accurate than the exp and the log that they use. A SIMD loop cannot call those
of the C library, so byhand has its own in `kernels/numba/runtime/math.py`. They are compared on **{which}**, including
denormal numbers, ±∞ and nan. The reference is the C library's function in float64, whose error is a billionth of a
float32 ULP. A ULP is the distance between neighbouring float32 numbers at the exact result. Rounding to nearest has an
error of up to 0.5 ULP, so that 0.5 is the best possible worst error.

{table}

*Nearest float32* is the share of results that are the float32 number nearest to the exact result. *Promised* is the
bound that the test suite checks on every machine; the other columns were measured on this one.

`exp32_of_nonpositive` is for softmax, where x − max x ≤ 0; its results below the smallest normal number, 1.2e-38, are
0. `log1p32` is for x ≥ 0. `exp32_tail` is exp r − 1 − r, which KL divergence sums where rows are nearly equal; so its
own relative error matters, not that of exp r.

{specials}
"""
