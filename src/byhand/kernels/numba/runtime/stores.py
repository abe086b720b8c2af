"""Results that go past the caches: a large gradient pushes out of them what is needed next, and comes in for nothing.

To store a line, a core reads it from memory first; a non-temporal store of a whole line does not, and takes half as
long where the memory is there already (fresh memory is in the cache when it has been cleared). See
:mod:`byhand.kernels.numba.runtime.blocks`.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from byhand.kernels.numba.runtime.jit import jit
from byhand.kernels.numba.runtime.memory import array_at

LINE = 64  # bytes


@intrinsic
def store_lines(typingctx, source, target, lines):
    """In a kernel: copy so many lines from one address to another, which begins a line, past the caches."""

    def codegen(context, builder, signature, args):
        _store_lines(builder, ir.IntType(32), *args)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), codegen


@intrinsic
def store_multiples(typingctx, source, factor, target, lines):
    """In a kernel: the same of float32 numbers, each times ``factor``."""

    def codegen(context, builder, signature, args):
        source, factor, target, lines = args
        _store_lines(builder, ir.FloatType(), source, target, lines, factor)
        return context.get_dummy_value()

    return types.none(types.int64, types.float32, types.int64, types.int64), codegen


def _store_lines(builder, number, source, target, lines, factor=None):
    line = ir.VectorType(number, LINE // 4)
    source, target = (builder.inttoptr(x, line.as_pointer()) for x in (source, target))
    factors = ir.Constant(line, ir.Undefined)
    for i in range(line.count if factor else 0):
        factors = builder.insert_element(factors, factor, ir.IntType(32)(i))
    past = builder.module.add_metadata([ir.IntType(32)(1)])
    with cgutils.for_range(builder, lines) as loop:
        numbers = builder.load(builder.gep(source, [loop.index]), align=1)
        numbers = builder.fmul(numbers, factors) if factor else numbers
        builder.store(numbers, builder.gep(target, [loop.index]), align=LINE).set_metadata("nontemporal", past)


@intrinsic
def settle(typingctx):
    """In a kernel: non-temporal stores come before what is stored from here on, for whoever may see it."""

    def codegen(context, builder, signature, args):
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.none(), codegen


@intrinsic
def place_for(typingctx, out, room, past):
    """In a kernel: where to write what is to go to ``out``: there, or, unless ``past`` is None, in ``room``."""

    def codegen(context, builder, signature, args):
        if past == types.none:
            return args[0]
        array = context.make_array(room)(context, builder, args[1])
        size = context.make_array(out)(context, builder, args[0]).nitems
        return array_at(context, builder, room, builder.ptrtoint(array.data, ir.IntType(64)), size)

    return out(out, room, past), codegen


@jit()
def hand_out(run, out):
    """Copy ``run`` to ``out``, past the caches."""
    head, lines, tail = parts(out)
    for i in range(head):
        out[i] = run[i]
    store_lines(run.ctypes.data + head * width(run), out.ctypes.data + head * width(out), lines)
    for i in range(tail, out.size):
        out[i] = run[i]


@jit()
def hand_out_multiples(run, factor, out):
    """Write run · factor to ``out``, past the caches; both are float32.

    Computing while lines are stored takes no time of its own; stores to another place would wait for them.
    """
    head, lines, tail = parts(out)
    for i in range(head):
        out[i] = run[i] * factor
    store_multiples(run.ctypes.data + head * 4, factor, out.ctypes.data + head * 4, lines)
    for i in range(tail, out.size):
        out[i] = run[i] * factor


@jit()
def parts(out):
    """How many numbers lie before the first whole line, how many lines there are, and where they end."""
    per_line = LINE // width(out)
    head = min(-out.ctypes.data % LINE // width(out), out.size)
    lines = (out.size - head) // per_line
    return head, lines, head + lines * per_line


@intrinsic
def width(typingctx, x):
    """In a kernel: the bytes of a number of an array, known to the compiler."""
    size = x.dtype.bitwidth // 8
    return types.int64(x), lambda context, builder, signature, args: ir.IntType(64)(size)


@intrinsic
def multiplies(typingctx, stored):
    """In a kernel: whether :func:`hand_out_multiples` takes numbers of this type; known to the compiler."""
    single = types.unliteral(stored) == types.float32
    return types.boolean(stored), lambda context, builder, signature, args: ir.IntType(1)(single)


@intrinsic
def fetch(typingctx, x, ahead):
    """In a kernel: have what lies so many bytes after x brought into the second cache, if there is anything."""

    def codegen(context, builder, signature, args):
        byte, i32, i64 = ir.IntType(8).as_pointer(), ir.IntType(32), ir.IntType(64)
        of = ir.FunctionType(ir.VoidType(), [byte, i32, i32, i32])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], of)
        array = context.make_array(x)(context, builder, args[0])
        begin = builder.add(builder.ptrtoint(array.data, i64), args[1])
        size = builder.mul(array.nitems, i64(x.dtype.bitwidth // 8))
        lines = builder.lshr(builder.add(size, i64(LINE - 1)), i64(6))
        with cgutils.for_range(builder, lines) as loop:
            line = builder.add(begin, builder.mul(loop.index, i64(LINE)))
            builder.call(prefetch, [builder.inttoptr(line, byte), i32(0), i32(2), i32(1)])
        return context.get_dummy_value()

    return types.none(x, types.int64), codegen
