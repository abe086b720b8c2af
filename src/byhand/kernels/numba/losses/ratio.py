"""Functions for KL divergence: log(q / p) and exp r − 1 − r, precise also where p and q are nearly equal.

They are straight-line code with fitted coefficients, as in :mod:`byhand.kernels.numba.runtime.math`.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.math import exp32_tail, f4, i4
from byhand.kernels.numba.runtime.memory import bits_of, float_of

# log t = 2 · (s + s · z · (A0 + A1·z + A2·z²)), s = (t − 1) / (t + 1), z = s², ⅔ ≤ t ≤ 3/2; relative error 2.8e-9
A0, A1, A2 = f4(0.333334731692), f4(0.199789535144), f4(0.151795530547)
HALF_LN2_BITS = f4(0.34657359027997264 / 2**23)  # ½ log 2, for an exponent k that is given as k · 2²³
SMALL = f4(2.0**-100)  # smaller numbers are scaled, so that none is denormal
SCALE, SCALE_BITS = f4(2.0**64), i4(64 << 23)

LEAST, LARGEST = 2.0**-1000, 2.0**1000  # between these, a float64 quotient is precise


def expm1_minus_r(r):
    """In a kernel: exp r − 1 − r, valid if r is small; and whether it is."""
    raise NotImplementedError


@jit("contract")
def expm1_minus_r64(r):
    """As :func:`expm1_minus_r`, in float64."""
    series = r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720))))
    return (series if abs(r) < 1e-3 else np.expm1(r) - r), abs(r) < 0.5


@overload(expm1_minus_r)
def _expm1_minus_r(r):
    if r == types.float64:
        return lambda r: expm1_minus_r64(r)
    return lambda r: (exp32_tail(r), abs(r) <= f4(0.34))


@jit("contract")
def ratio_parts(p, q):
    """For positive normal p and q with q / p = 2ᵏ · t, ⅔ ≤ t ≤ 3/2: k · 2²³, s = (t − 1) / (t + 1), and ``tail``.

    Then log t = 2 · (s + s · tail). k comes from the difference of the bits of p and q, without a division. r = q / 2ᵏ
    is so near p that r − p is exact.
    """
    k = i4((bits_of(q) - bits_of(p) + i4(0x400000)) & i4(-0x800000))
    r = float_of(i4(bits_of(q) - k))
    s = (r - p) / (r + p)
    z = s * s
    return k, s, z * ((A2 * z + A1) * z + A0)


@jit("contract")
def half_log_of_ratio32(p, q):
    """½ log(q / p) for p and q from 2⁻¹²⁵ to 2¹²⁵; undefined for others."""
    k, s, tail = ratio_parts(p, q)
    return f4(k) * HALF_LN2_BITS + (s + s * tail)


@jit("contract")
def log_of_ratio32(p, q):
    """Log(q / p), and p · φ(q / p) = q − p − p · log(q / p) without cancellation where p and q are nearly equal."""
    scale_p, scale_q = p < SMALL, q < SMALL
    a, b = p * SCALE if scale_p else p, q * SCALE if scale_q else q
    k, s, tail = ratio_parts(a, b)
    k = i4(k + (SCALE_BITS if scale_p else i4(0)) - (SCALE_BITS if scale_q else i4(0)))
    log_t = f4(2) * (f4(k) * HALF_LN2_BITS + (s + s * tail))
    phi = s * s * (p + q) - f4(2) * p * s * tail if k == i4(0) else (q - p) - p * log_t
    finite = (p > f4(0)) & (q > f4(0)) & (p < f4(np.inf)) & (q < f4(np.inf))
    limit = f4(np.inf) if q > p else f4(-np.inf)
    limit = limit if (p >= f4(0)) & (q >= f4(0)) & (p != q) else f4(np.nan)
    return (log_t if finite else limit), (phi if finite else q if p == f4(0) else p * abs(limit))


@jit()
def log_of_ratio64(p, q):
    """As :func:`log_of_ratio32`, in float64."""
    t, f = q / p, (q - p) / p
    log_t = np.log(t) if LEAST < t < LARGEST else np.log(q) - np.log(p)  # the quotient may overflow or underflow
    series = f * f * (0.5 - f * (1 / 3 - f * (1 / 4 - f * (1 / 5 - f / 6))))
    phi = p * (series if abs(f) < 1e-3 else f - np.log1p(f)) if abs(f) < 0.25 else (q - p) - p * log_t
    good = p >= 0 and q >= 0
    return (log_t if good else np.nan), (q if p == 0 else phi if good else np.nan)


def log_of_ratio(p, q):
    """In a kernel: log(q / p), and p · φ(q / p)."""
    raise NotImplementedError


@overload(log_of_ratio)
def _log_of_ratio(p, q):
    return (lambda p, q: log_of_ratio64(p, q)) if p == types.float64 else (lambda p, q: log_of_ratio32(p, q))
