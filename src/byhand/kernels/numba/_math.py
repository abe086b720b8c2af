"""exp, log and their kin as straight-line code, which the compiler turns into SIMD; calls of libm would stop it.

Branches are selections, ±inf and nan mean what they mean in C, and results below the smallest normal number are
denormal numbers. ``contract``, a·b + c in one rounding, is the only liberty of the compiler here: ``reassoc`` would
undo the two-part subtraction of Cody and Waite.

The coefficients are weighted least-squares fits, reweighted to be nearly minimax (Lawson 1961), computed in 60 digits.
Errors are measured over all float32 numbers: docs/exactness.md.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import bits_of, double_of, float_of, long_bits_of

f4, f8, i4, i8 = np.float32, np.float64, np.int32, np.int64

INV_LN2, LN2 = f4(1.4426950408889634), f4(0.6931471805599453)
LN2_HI, LN2_LO = f4(0.693145751953125), f4(1.4286068203094172e-06)  # n · LN2_HI is exact for |n| < 2¹¹
ROUND = f4(12582912.0)  # 1.5 · 2²³: adding it rounds to an integer, which stands in the lowest bits
ROUND_BITS = i4(0x4B400000)
ROUND_BIASED = f4(12583039.0)  # ROUND + 127: the lowest bits hold the exponent of a float32, bias and all

# exp r = 1 + r + r² · (E0 + E1·r + …), |r| ≤ ½ log 2; relative error 3.1e-9
E0, E1, E2, E3, E4 = (
    f4(0.499999934424),
    f4(0.16666520579),
    f4(0.0416683891089),
    f4(0.00836872178482),
    f4(0.00138145482444),
)

# exp r − 1 − r = r² · (T0 + T1·r + …) on its own, |r| ≤ ½ log 2; relative error 2.7e-9
T0, T1, T2, T3, T4, T5 = (
    f4(0.500000001339),
    f4(0.166666665323),
    f4(0.0416664654664),
    f4(0.00833336072933),
    f4(0.00139336043959),
    f4(0.000198577976959),
)

# log(1 + f) = f + f² · (L0 + L1·f + …), √½ ≤ 1 + f ≤ √2; relative error 4.1e-9
L0, L1, L2, L3, L4 = (
    f4(-0.499999881966),
    f4(0.33333325533),
    f4(-0.250015967107),
    f4(0.200019916662),
    f4(-0.166087509754),
)
L5, L6, L7, L8 = f4(0.141812824141), f4(-0.132453310443), f4(0.129089917032), f4(-0.0762148222955)

# log t = 2 · (s + s · z · (A0 + A1·z + A2·z²)), s = (t − 1) / (t + 1), z = s², ⅔ ≤ t ≤ 3/2; relative error 2.8e-9
A0, A1, A2 = f4(0.333334731692), f4(0.199789535144), f4(0.151795530547)
HALF_LN2_BITS = f4(0.34657359027997264 / 2**23)  # ½ log 2 for each step of the exponent, counted in bits of float32
SMALL, BY, RAISED = f4(2.0**-100), f4(2.0**64), i4(64 << 23)  # numbers that are multiplied, so that none is denormal

INV_LN2_64 = f8(1.4426950408889634)
LN2_HI_64, LN2_LO_64 = f8(0.6931471803691238), f8(1.9082149292705877e-10)
ROUND_64, ROUND_BITS_64 = f8(6755399441055744.0), i8(0x4338000000000000)

# the same for float64; relative error 3.6e-18
D0, D1, D2, D3 = (
    f8(0.50000000000000106497),
    f8(0.16666666666666412579),
    f8(0.041666666666529984339),
    f8(0.0083333333334943204588),
)
D4, D5, D6 = f8(0.0013888888943672117991), f8(0.00019841269507027432836), f8(0.000024801493058696112588)
D7, D8, D9 = f8(2.7557585886519088168e-6), f8(2.7630261734224497245e-7), f8(2.5000235435135047734e-8)


@jit("contract")
def exp32(x):
    """Exp x in float32."""
    x = f4(89.0) if x > f4(89.0) else x
    x = f4(-104.0) if x < f4(-104.0) else x
    z = x * INV_LN2 + ROUND
    n = z - ROUND
    r = (x - n * LN2_HI) - n * LN2_LO
    q = (((E4 * r + E3) * r + E2) * r + E1) * r + E0
    p = r * r * q + r + f4(1)
    k = bits_of(z) - ROUND_BITS
    half = k >> i4(1)  # 2ᵏ in two factors, so that neither overflows where the product does not
    return p * float_of(i4((half + i4(127)) << i4(23))) * float_of(i4((k - half + i4(127)) << i4(23)))


@jit("contract")
def exp32_of_nonpositive(x):
    """Exp x in float32 for x ≤ 0, where results below the smallest normal number may be 0."""
    z = x * INV_LN2 + ROUND_BIASED
    n = z - ROUND_BIASED
    r = (x - n * LN2_HI) - n * LN2_LO
    q = (((E4 * r + E3) * r + E2) * r + E1) * r + E0
    p = r * r * q + r + f4(1)
    y = p * float_of(i4(bits_of(z) << i4(23)))  # times 2ᵏ; to add k to the bits of p would lose a nan with a payload
    return f4(0) if x < f4(-87.33654) else y  # the logarithm of the smallest normal number


@jit("contract")
def exp64(x):
    """Exp x in float64."""
    x = f8(710.0) if x > f8(710.0) else x
    x = f8(-746.0) if x < f8(-746.0) else x
    z = x * INV_LN2_64 + ROUND_64
    n = z - ROUND_64
    r = (x - n * LN2_HI_64) - n * LN2_LO_64
    q = ((((D9 * r + D8) * r + D7) * r + D6) * r + D5) * r + D4
    q = (((q * r + D3) * r + D2) * r + D1) * r + D0
    p = r * r * q + r + f8(1)
    k = long_bits_of(z) - ROUND_BITS_64
    half = k >> i8(1)
    return p * double_of(i8((half + i8(1023)) << i8(52))) * double_of(i8((k - half + i8(1023)) << i8(52)))


@jit("contract")
def log32(x):
    """Log x in float32."""
    tiny = x < f4(1.1754944e-38)
    y = x * f4(8388608.0) if tiny else x
    bits = bits_of(y) - i4(0x3F3504F3)  # √½: the mantissa lies in [√½, √2)
    k = f4(bits >> i4(23)) - (f4(23.0) if tiny else f4(0.0))
    f = float_of(i4((bits & i4(0x7FFFFF)) + i4(0x3F3504F3))) - f4(1)
    y = k * LN2_HI + (f + (f * f * log_tail(f) + k * LN2_LO))
    y = x if x == f4(np.inf) else y
    y = f4(-np.inf) if x == f4(0) else y
    return y if x >= f4(0) else f4(np.nan)


@jit("contract")
def log_tail(f):
    """(log(1 + f) − f) / f² for √½ ≤ 1 + f ≤ √2."""
    g = ((L8 * f + L7) * f + L6) * f + L5
    g = ((g * f + L4) * f + L3) * f + L2
    return (g * f + L1) * f + L0


def exp(x):
    """In a kernel: exp x, for x ≤ 0 if that is float32, in the type of x."""
    raise NotImplementedError


@overload(exp)
def _exp(x):
    return (lambda x: exp64(x)) if x == types.float64 else (lambda x: exp32_of_nonpositive(x))


def total_order(x):
    """In a kernel: an integer that is greater for a greater x, and greatest for nan."""
    raise NotImplementedError


@overload(total_order)
def _total_order(x):
    if x == types.float64:

        def wide(x):
            bits = long_bits_of(x)
            return bits ^ ((bits >> i8(63)) & i8(0x7FFFFFFFFFFFFFFF))

        return wide

    def single(x):
        bits = bits_of(x)
        return i4(bits ^ ((bits >> i4(31)) & i4(0x7FFFFFFF)))

    return single


def of_total_order(key):
    """In a kernel: the number that has this key."""
    raise NotImplementedError


@overload(of_total_order)
def _of_total_order(key):
    if key == types.int64:
        return lambda key: double_of(i8(key ^ ((key >> i8(63)) & i8(0x7FFFFFFFFFFFFFFF))))
    return lambda key: float_of(i4(key ^ ((key >> i4(31)) & i4(0x7FFFFFFF))))


def log(x):
    """In a kernel: log x, in the type of x."""
    raise NotImplementedError


@overload(log)
def _log(x):
    return (lambda x: np.log(x)) if x == types.float64 else (lambda x: log32(x))


@jit("contract")
def log1p32(x):
    """Log(1 + x) in float32 for x ≥ 0: the rounding of 1 + x is put back."""
    u = f4(1) + x
    return log32(u) + ((x - (u - f4(1))) / u if u < f4(np.inf) else f4(0))


def log1p(x):
    """In a kernel: log(1 + x) for x ≥ 0, in the type of x."""
    raise NotImplementedError


@overload(log1p)
def _log1p(x):
    return (lambda x: np.log1p(x)) if x == types.float64 else (lambda x: log1p32(x))


@jit("contract")
def exp32_tail(r):
    """Exp r − 1 − r in float32 for |r| ≤ ½ log 2, all digits kept."""
    return r * r * (((((T5 * r + T4) * r + T3) * r + T2) * r + T1) * r + T0)


def expm1_less(r):
    """In a kernel: exp r − 1 − r if r is small, and whether it is."""
    raise NotImplementedError


@jit("contract")
def expm1_less64(r):
    """The same in float64."""
    series = r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720))))
    return (series if abs(r) < 1e-3 else np.expm1(r) - r), abs(r) < 0.5


@overload(expm1_less)
def _expm1_less(r):
    if r == types.float64:
        return lambda r: expm1_less64(r)
    return lambda r: (exp32_tail(r), abs(r) <= f4(0.34))


@jit("contract")
def ratio_parts(p, q):
    """Of positive normal p and q: k · 2²³ of q / p = 2ᵏ · t, s of t = (1 + s) / (1 − s), ⅔ ≤ t ≤ 3/2, and its tail.

    Then log t = 2 · (s + s · tail). The difference of the bits of p and q finds k without a division, and what is left
    of q is so near p that q − p has no rounding.
    """
    k = i4((bits_of(q) - bits_of(p) + i4(0x400000)) & i4(-0x800000))
    r = float_of(i4(bits_of(q) - k))
    s = (r - p) / (r + p)
    z = s * s
    return k, s, z * ((A2 * z + A1) * z + A0)


@jit("contract")
def half_log_of_ratio32(p, q):
    """½ log(q / p) of p and q from 2⁻¹²⁵ to 2¹²⁵; anything for others."""
    k, s, tail = ratio_parts(p, q)
    return f4(k) * HALF_LN2_BITS + (s + s * tail)


@jit("contract")
def log_of_ratio32(p, q):
    """Log(q / p) and p · φ(q / p) = q − p − p · log(q / p), which keeps its digits where p and q are near."""
    raise_p, raise_q = p < SMALL, q < SMALL
    a, b = p * BY if raise_p else p, q * BY if raise_q else q
    k, s, tail = ratio_parts(a, b)
    k = i4(k + (RAISED if raise_p else i4(0)) - (RAISED if raise_q else i4(0)))
    log_t = f4(2) * (f4(k) * HALF_LN2_BITS + (s + s * tail))
    phi = s * s * (p + q) - f4(2) * p * s * tail if k == i4(0) else (q - p) - p * log_t
    usual = (p > f4(0)) & (q > f4(0)) & (p < f4(np.inf)) & (q < f4(np.inf))
    other = f4(np.inf) if q > p else f4(-np.inf)
    other = other if (p >= f4(0)) & (q >= f4(0)) & (p != q) else f4(np.nan)
    return (log_t if usual else other), (phi if usual else q if p == f4(0) else p * abs(other))


@jit()
def log_of_ratio64(p, q):
    """The same in float64."""
    log_t, f = np.log(q / p), (q - p) / p
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


def full_exp(x):
    """In a kernel: exp x, of any x, in the type of x."""
    raise NotImplementedError


@overload(full_exp)
def _full_exp(x):
    return (lambda x: exp64(x)) if x == types.float64 else (lambda x: exp32(x))
