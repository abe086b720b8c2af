"""Tensors as a kernel sees them: an address, a type, and numbers in the dtype to compute in.

A kernel gets addresses, not arrays: they cost nothing to hand over, know no read-only flag, and a table of them
is one argument for any number of tensors. What Numba has no name for goes under another: bfloat16 as uint16, float16
as int16. :func:`widen` and :func:`narrow` translate, with rounding to nearest even.
"""

from __future__ import annotations

import numpy as np
import torch
from llvmlite import ir
from numba import carray, types
from numba.extending import intrinsic, overload
from torch import Tensor

STORED = {
    torch.float32: np.float32(0),
    torch.float64: np.float64(0),
    torch.bfloat16: np.uint16(0),
    torch.float16: np.int16(0),
}
"""A number of the type that stands for a dtype in the kernels; kernels are specialised by it."""


def why_not(*tensors: Tensor) -> str:
    """Why these can't be read at an address, or ``""``."""
    for x in tensors:
        if type(x) not in (Tensor, torch.nn.Parameter):
            return f"it takes plain tensors, not {type(x).__name__}"
        if x.device.type != "cpu":
            return f"it computes on the CPU, not on {x.device.type}"
        if x.layout != torch.strided or x.is_neg():
            return "it takes dense tensors"
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return "transforms of torch.func need torch's own operations"
    if torch.autograd.forward_ad._current_level >= 0:
        return "forward-mode differentiation needs torch's own operations"
    return ""


def rows_of(x: Tensor) -> Tensor:
    """``x`` as (rows, K) whose rows are contiguous; a view if there is one, else a copy."""
    x = x.detach()
    x = (
        x
        if x.ndim == 2
        else x.reshape(-1, x.shape[-1])
        if x.ndim and x.shape[-1]
        else x.reshape(x.shape[:-1].numel(), -1)
    )
    return x if x.stride(1) == 1 or x.shape[1] <= 1 else x.contiguous()


@intrinsic
def _pointer(typingctx, address):
    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), codegen


def at(address, size, stored):
    """In a kernel: the array of ``size`` numbers at ``address``, of the type of ``stored``."""
    raise NotImplementedError


@overload(at)
def _at(address, size, stored):
    dtype = stored

    def array(address, size, stored):
        return carray(_pointer(address), (size,), dtype)

    return array


def slice_at(address, offset, size, stored):
    """In a kernel: the array of ``size`` numbers that begins ``offset`` numbers after ``address``."""
    raise NotImplementedError


@overload(slice_at)
def _slice_at(address, offset, size, stored):
    dtype, width = stored, stored.bitwidth // 8

    def array(address, offset, size, stored):
        return carray(_pointer(address + offset * width), (size,), dtype)

    return array


@intrinsic
def widest(typingctx):
    """In a kernel: let its loops use the widest vectors there are; for some machines LLVM would take half of them."""

    def codegen(context, builder, signature, args):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # llvmlite's own add knows others only
        return context.get_dummy_value()

    return types.none(), codegen


@intrinsic
def float_of(typingctx, bits):
    """In a kernel: the float32 of these 32 bits."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.FloatType())

    return types.float32(types.int32), codegen


@intrinsic
def bits_of(typingctx, x):
    """In a kernel: the 32 bits of a float32, as int32."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), codegen


@intrinsic
def lesser(typingctx, a, b):
    """In a kernel: the lesser of two int32. Numba's own arithmetic of int32 is of int64, which halves SIMD."""

    def codegen(context, builder, signature, args):
        return builder.select(builder.icmp_signed("<", *args), *args)

    return types.int32(types.int32, types.int32), codegen


@intrinsic
def either(typingctx, a, b):
    """In a kernel: the bits that are set in either of two int32."""

    def codegen(context, builder, signature, args):
        return builder.or_(*args)

    return types.int32(types.int32, types.int32), codegen


@intrinsic
def double_of(typingctx, bits):
    """In a kernel: the float64 of these 64 bits."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


@intrinsic
def long_bits_of(typingctx, x):
    """In a kernel: the 64 bits of a float64, as int64."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def _float_of_half(typingctx, bits):
    def codegen(context, builder, signature, args):
        return builder.fpext(builder.bitcast(args[0], ir.HalfType()), ir.FloatType())

    return types.float32(types.int16), codegen


@intrinsic
def _half_of_float(typingctx, x):
    def codegen(context, builder, signature, args):
        return builder.bitcast(builder.fptrunc(args[0], ir.HalfType()), ir.IntType(16))

    return types.int16(types.float32), codegen


def widen(x):
    """In a kernel: a stored number as float32, a float64 as itself."""
    raise NotImplementedError


@overload(widen)
def _widen(x):
    if x == types.uint16:
        return lambda x: float_of(np.int32(np.uint32(x) << np.uint32(16)))
    if x == types.int16:
        return lambda x: _float_of_half(x)
    return lambda x: x


def narrow(x, stored):
    """In a kernel: a float32 or float64 as a number to store, of the type of ``stored``."""
    raise NotImplementedError


@overload(narrow)
def _narrow(x, stored):
    if stored == types.uint16:

        def bfloat16(x, stored):
            bits = np.uint32(bits_of(np.float32(x)))
            rounded = (bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
            return np.uint16(rounded) if x == x else np.uint16(0x7FC0)

        return bfloat16
    if stored == types.int16:
        return lambda x, stored: _half_of_float(np.float32(x))
    if stored == types.float32:
        return lambda x, stored: np.float32(x)
    return lambda x, stored: np.float64(x)


def number(x, stored):
    """In a kernel: x in the type to compute in, float64 for float64 and else float32; Numba would widen mixed types."""
    raise NotImplementedError


@overload(number)
def _number(x, stored):
    return (lambda x, stored: np.float64(x)) if stored == types.float64 else (lambda x, stored: np.float32(x))
