"""Tensors as a kernel sees them: an address and a stored dtype. Numbers are converted to a compute dtype when read.

A kernel gets addresses, not arrays: they cost nothing to pass, have no read-only flag, and a table of them is one
argument for any number of tensors. The compute dtype is float64 for float64 and else float32. Numba has no bfloat16 and
no float16, so uint16 and int16 stand for them; :func:`widen` and :func:`narrow` convert, rounding to nearest even.
"""

from __future__ import annotations

from ctypes import addressof, c_char
from functools import cache
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic
from torch import Tensor

from byhand.kernels._address import no_address

STORED = {
    torch.float32: np.float32(0),
    torch.float64: np.float64(0),
    torch.bfloat16: np.uint16(0),
    torch.float16: np.int16(0),
}
"""For each dtype, a zero of the type that stands for it in kernels; Numba specialises a kernel on that type."""


START = c_char * 0  # the start of any buffer, also of an empty one


def why_not(*tensors: Tensor) -> str:
    """Why a kernel can't read these tensors at their addresses, or ``""``."""
    if any(x.dtype is torch.float16 for x in tensors) and not converts_half():
        return "this processor has no instructions for float16"
    return no_address(*tensors)


@cache
def converts_half() -> bool:
    """Whether the processor can convert float16; without it LLVM calls missing library functions, and aborts."""
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    return not triple.startswith(("x86", "i")) or "+f16c" in features.split(",")


def as_rows(x: Tensor) -> Tensor:
    """``x`` as (rows, K) with contiguous rows; a view if possible, else a copy."""
    if x.ndim != 2:
        x = x.detach()
        x = x.reshape(-1, x.shape[-1]) if x.ndim and x.shape[-1] else x.reshape(x.shape[:-1].numel(), -1)
    return x if x.stride(1) == 1 or x.shape[1] <= 1 else x.contiguous()


def in_memory_order(x: Tensor) -> Tensor | None:
    """A one-dimensional view of ``x`` in the order of memory; None if the memory has gaps or overlaps."""
    x = x.detach()
    if not x.is_contiguous():
        x = x.permute(sorted(range(x.ndim), key=x.stride, reverse=True))
    return x.view(-1) if x.is_contiguous() else None


def address_of(x: np.ndarray[Any, Any]) -> int:
    """The address of an array's data."""
    try:
        return addressof(START.from_buffer(x))  # type: ignore[arg-type]  # a fifth of the time of __array_interface__
    except (TypeError, ValueError):  # it may not be written, or is not contiguous
        return int(x.__array_interface__["data"][0])


def tensor_of(x: np.ndarray[Any, Any], shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """A copy of the array as a tensor, so that the caller may change it in place."""
    out = torch.empty(shape, dtype=dtype, device="cpu")
    out.view(-1).copy_(torch.from_numpy(x))
    return out


def array_at(context, builder, array_type, address, size):
    """The array that begins at ``address``, without reference counting."""
    from numba.np.arrayobj import populate_array  # imports the compiler, which cached machine code does not need

    width = ir.IntType(64)(array_type.dtype.bitwidth // 8)
    array = context.make_array(array_type)(context, builder)
    data = builder.inttoptr(address, array.data.type)
    populate_array(array, data=data, shape=[size], strides=[width], itemsize=width, meminfo=None)
    return array._getvalue()


@intrinsic
def slice_at(typingctx, address, offset, size, stored):
    """In a kernel: the array of ``size`` numbers that begins ``offset`` numbers after ``address``."""
    array_type = types.Array(types.unliteral(stored), 1, "C")

    def codegen(context, builder, signature, args):
        bytes_before = builder.mul(args[1], ir.IntType(64)(array_type.dtype.bitwidth // 8))
        return array_at(context, builder, array_type, builder.add(args[0], bytes_before), args[2])

    return array_type(types.int64, types.int64, types.int64, stored), codegen


@intrinsic
def span(typingctx, x, start, stop):
    """In a kernel: an alias of x[start:stop] of a contiguous array; it ends at the end of x.

    An alias compiles to less code than a slice, and has no reference count, whose atomic increment would wait for all
    pending stores. The caller of the kernel must keep x alive.
    """
    array_type = types.Array(x.dtype, 1, "C")

    def codegen(context, builder, signature, args):
        whole = context.make_array(x)(context, builder, args[0])
        (end,) = cgutils.unpack_tuple(builder, whole.shape, 1)
        end = builder.select(builder.icmp_signed("<", args[2], end), args[2], end)
        size = builder.sub(end, args[1])
        size = builder.select(builder.icmp_signed("<", size, size.type(0)), size.type(0), size)
        bytes_before = builder.mul(args[1], ir.IntType(64)(x.dtype.bitwidth // 8))
        address = builder.add(builder.ptrtoint(whole.data, ir.IntType(64)), bytes_before)
        return array_at(context, builder, array_type, address, size)

    return array_type(x, types.int64, types.int64), codegen


@intrinsic
def widest_vectors(typingctx):
    """In a kernel: let its loops use the widest SIMD registers; for some processors LLVM uses half of the width."""

    def codegen(context, builder, signature, args):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')  # llvmlite's own `add` rejects this name
        return context.get_dummy_value()

    return types.none(), codegen


@intrinsic
def float_of(typingctx, bits):
    """In a kernel: the float32 with these 32 bits."""

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
def min_i32(typingctx, a, b):
    """In a kernel: the lesser of two int32. Numba computes with int32 in int64, which halves the SIMD width."""

    def codegen(context, builder, signature, args):
        return builder.select(builder.icmp_signed("<", *args), *args)

    return types.int32(types.int32, types.int32), codegen


@intrinsic
def or_i32(typingctx, a, b):
    """In a kernel: a | b of two int32."""

    def codegen(context, builder, signature, args):
        return builder.or_(*args)

    return types.int32(types.int32, types.int32), codegen


@intrinsic
def double_of(typingctx, bits):
    """In a kernel: the float64 with these 64 bits."""

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
def widen(typingctx, x):
    """In a kernel: a stored number in the compute dtype."""
    x = types.unliteral(x)

    def codegen(context, builder, signature, args):
        if x == types.uint16:
            bits = builder.shl(builder.zext(args[0], ir.IntType(32)), ir.IntType(32)(16))
            return builder.bitcast(bits, ir.FloatType())
        if x == types.int16:
            return builder.fpext(builder.bitcast(args[0], ir.HalfType()), ir.FloatType())
        return args[0]

    return (types.float32 if x in (types.uint16, types.int16) else x)(x), codegen


@intrinsic
def narrow(typingctx, x, stored):
    """In a kernel: a float32 or float64 as a number of the type of ``stored``."""
    x, stored = types.unliteral(x), types.unliteral(stored)

    def codegen(context, builder, signature, args):
        if stored not in (types.uint16, types.int16):
            return context.cast(builder, args[0], x, stored)
        single = context.cast(builder, args[0], x, types.float32)
        if stored == types.int16:
            return builder.bitcast(builder.fptrunc(single, ir.HalfType()), ir.IntType(16))
        i32 = ir.IntType(32)
        bits = builder.bitcast(single, i32)
        odd = builder.and_(builder.lshr(bits, i32(16)), i32(1))
        rounded = builder.lshr(builder.add(builder.add(bits, i32(0x7FFF)), odd), i32(16))
        rounded = builder.select(builder.fcmp_unordered("uno", single, single), i32(0x7FC0), rounded)
        return builder.trunc(rounded, ir.IntType(16))

    return stored(x, stored), codegen


@intrinsic
def number(typingctx, x, stored):
    """In a kernel: x cast to the compute dtype of ``stored``; Numba would promote mixed types to float64."""
    x = types.unliteral(x)
    wide = types.float64 if stored == types.float64 else types.float32

    def codegen(context, builder, signature, args):
        return context.cast(builder, args[0], x, wide)

    return wide(x, stored), codegen
