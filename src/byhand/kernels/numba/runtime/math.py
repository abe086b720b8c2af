"""exp, log and related functions as straight-line code, which the compiler vectorizes; it can't vectorize libm calls.

Conditions are selects, not branches. ±inf and nan behave as in C, and results below the smallest normal number are
denormal numbers. ``contract``, a·b + c with one rounding, is the only fast-math flag here: ``reassoc`` would undo the
two-part argument reduction of Cody and Waite.

The coefficients are weighted least-squares fits, reweighted to be nearly minimax (Lawson 1961), computed in 60 digits.
Errors are measured over all float32 numbers: docs/exactness.md.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import overload

from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.memory import bits_of, double_of, float_of, long_bits_of

f4, f8, i4, i8 = np.float32, np.float64, np.int32, np.int64

INV_LN2, LN2 = f4(1.4426950408889634), f4(0.6931471805599453)
LN2_HI, LN2_LO = f4(0.693145751953125), f4(1.4286068203094172e-06)  # n · LN2_HI is exact for |n| < 2¹¹
ROUND = f4(12582912.0)  # 1.5 · 2²³: adding it rounds to an integer, which is then in the lowest bits
ROUND_BITS = i4(0x4B400000)
ROUND_BIASED = f4(12583039.0)  # ROUND + 127: the lowest bits are then the biased exponent of a float32

# exp r = 1 + r + r² · (E0 + E1·r + …), |r| ≤ ½ log 2; relative error 3.1e-9
E0, E1, E2, E3, E4 = (
    f4(0.499999934424),
    f4(0.16666520579),
    f4(0.0416683891089),
    f4(0.00836872178482),
    f4(0.00138145482444),
)

# exp r − 1 − r = r² · (T0 + T1·r + …), |r| ≤ ½ log 2; relative error 2.7e-9
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

INV_LN2_64 = f8(1.4426950408889634)
LN2_HI_64, LN2_LO_64 = f8(0.6931471803691238), f8(1.9082149292705877e-10)
ROUND_64, ROUND_BITS_64 = f8(6755399441055744.0), i8(0x4338000000000000)

# exp r = 1 + r + r² · (D0 + D1·r + …) in float64, |r| ≤ ½ log 2; relative error 3.6e-18
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
    half = k >> i4(1)  # 2ᵏ as two factors: neither overflows where the result does not
    return p * float_of(i4((half + i4(127)) << i4(23))) * float_of(i4((k - half + i4(127)) << i4(23)))


@jit("contract")
def exp32_of_nonpositive(x):
    """Exp x in float32 for x ≤ 0; results below the smallest normal number are 0."""
    z = x * INV_LN2 + ROUND_BIASED
    n = z - ROUND_BIASED
    r = (x - n * LN2_HI) - n * LN2_LO
    q = (((E4 * r + E3) * r + E2) * r + E1) * r + E0
    p = r * r * q + r + f4(1)
    y = p * float_of(i4(bits_of(z) << i4(23)))  # times 2ᵏ; adding k to the bits of p instead would destroy some nans
    return f4(0) if x < f4(-87.33654) else y  # −87.33654 is the logarithm of the smallest normal number


@jit("contract")
def exp32_tail(r):
    """Exp r − 1 − r in float32 for |r| ≤ ½ log 2, without cancellation."""
    return r * r * (((((T5 * r + T4) * r + T3) * r + T2) * r + T1) * r + T0)


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
    bits = bits_of(y) - i4(0x3F3504F3)  # the bits of √½: the mantissa is then in [√½, √2)
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
    """In a kernel: exp x in the type of x; a float32 x must be ≤ 0."""
    raise NotImplementedError


@overload(exp)
def _exp(x):
    return (lambda x: exp64(x)) if x == types.float64 else (lambda x: exp32_of_nonpositive(x))


def total_order(x):
    """In a kernel: an integer key of x that sorts as x does; that of nan is the greatest."""
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


def from_total_order(key):
    """In a kernel: the number x with ``total_order(x) == key``."""
    raise NotImplementedError


@overload(from_total_order)
def _from_total_order(key):
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
    """Log(1 + x) in float32 for x ≥ 0, corrected for the rounding of 1 + x."""
    u = f4(1) + x
    return log32(u) + ((x - (u - f4(1))) / u if u < f4(np.inf) else f4(0))


def log1p(x):
    """In a kernel: log(1 + x) for x ≥ 0, in the type of x."""
    raise NotImplementedError


@overload(log1p)
def _log1p(x):
    return (lambda x: np.log1p(x)) if x == types.float64 else (lambda x: log1p32(x))


@jit("contract")
def log1p64_to_1(x):
    """Log(1 + x) in float64 for 0 ≤ x ≤ 1: the series of 2 · artanh s, s = x / (2 + x), truncated below 2e-18."""
    s = x / (f8(2) + x)
    z = s * s
    p = z * f8(1 / 33) + f8(1 / 31)
    p = ((p * z + f8(1 / 29)) * z + f8(1 / 27)) * z + f8(1 / 25)
    p = ((p * z + f8(1 / 23)) * z + f8(1 / 21)) * z + f8(1 / 19)
    p = ((p * z + f8(1 / 17)) * z + f8(1 / 15)) * z + f8(1 / 13)
    p = ((p * z + f8(1 / 11)) * z + f8(1 / 9)) * z + f8(1 / 7)
    return f8(2) * (s + s * z * ((p * z + f8(1 / 5)) * z + f8(1 / 3)))


def log1p_to_1(x):
    """In a kernel: log(1 + x) for 0 ≤ x ≤ 1, in the type of x, without a call of libm."""
    raise NotImplementedError


@overload(log1p_to_1)
def _log1p_to_1(x):
    return (lambda x: log1p64_to_1(x)) if x == types.float64 else (lambda x: log1p32(x))


def full_exp(x):
    """In a kernel: exp x for any x, in the type of x."""
    raise NotImplementedError


@overload(full_exp)
def _full_exp(x):
    return (lambda x: exp64(x)) if x == types.float64 else (lambda x: exp32(x))
