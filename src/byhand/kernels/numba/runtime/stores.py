"""Non-temporal stores, which bypass the caches: a large gradient would evict data that is needed next.

For an ordinary store, a core first reads the cache line from memory (write-allocate). A non-temporal store of a whole
line does not, and takes half as long on memory that has been written before. It does not pay on new memory: the system
has just cleared it, so it is in the cache. See :mod:`byhand.kernels.numba.runtime.blocks`.
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
    """In a kernel: copy ``lines`` cache lines with non-temporal stores; ``target`` is the address of a line."""

    def codegen(context, builder, signature, args):
        _store_lines(builder, ir.IntType(32), *args)
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), codegen


@intrinsic
def store_multiples(typingctx, source, factor, target, lines):
    """In a kernel: :func:`store_lines` for float32 numbers, each multiplied by ``factor``."""

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
    nontemporal = builder.module.add_metadata([ir.IntType(32)(1)])
    with cgutils.for_range(builder, lines) as loop:
        numbers = builder.load(builder.gep(source, [loop.index]), align=1)
        numbers = builder.fmul(numbers, factors) if factor else numbers
        builder.store(numbers, builder.gep(target, [loop.index]), align=LINE).set_metadata("nontemporal", nontemporal)


@intrinsic
def store_fence(typingctx):
    """In a kernel: a memory fence, so that other threads see the non-temporal stores before any later store."""

    def codegen(context, builder, signature, args):
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.none(), codegen


@intrinsic
def dest_for(typingctx, out, buffer, nontemporal):
    """In a kernel: the array to write a result to: ``out``, or the staging ``buffer`` if stores are non-temporal.

    :func:`store_nontemporal` then copies the buffer to ``out``. ``nontemporal`` is None or not at compile time.
    """

    def codegen(context, builder, signature, args):
        if nontemporal == types.none:
            return args[0]
        array = context.make_array(buffer)(context, builder, args[1])
        size = context.make_array(out)(context, builder, args[0]).nitems
        return array_at(context, builder, buffer, builder.ptrtoint(array.data, ir.IntType(64)), size)

    return out(out, buffer, nontemporal), codegen


@jit()
def store_nontemporal(run, out):
    """Copy ``run``, a staging buffer, to ``out`` with non-temporal stores."""
    head, lines, tail = line_parts(out)
    for i in range(head):
        out[i] = run[i]
    store_lines(run.ctypes.data + head * itemsize(run), out.ctypes.data + head * itemsize(out), lines)
    for i in range(tail, out.size):
        out[i] = run[i]


@jit()
def store_multiples_nontemporal(run, factor, out):
    """Write run · factor to ``out`` with non-temporal stores; both are float32.

    The multiplication costs no time beside the stores; writing the products to a buffer first would.
    """
    head, lines, tail = line_parts(out)
    for i in range(head):
        out[i] = run[i] * factor
    store_multiples(run.ctypes.data + head * 4, factor, out.ctypes.data + head * 4, lines)
    for i in range(tail, out.size):
        out[i] = run[i] * factor


@jit()
def line_parts(out):
    """How many numbers come before the first whole cache line, how many lines follow, and where the lines end."""
    per_line = LINE // itemsize(out)
    head = min(-out.ctypes.data % LINE // itemsize(out), out.size)
    lines = (out.size - head) // per_line
    return head, lines, head + lines * per_line


@intrinsic
def itemsize(typingctx, x):
    """In a kernel: the bytes of a number of an array, as a compile-time constant."""
    size = x.dtype.bitwidth // 8
    return types.int64(x), lambda context, builder, signature, args: ir.IntType(64)(size)


@intrinsic
def can_multiply(typingctx, stored):
    """In a kernel: whether :func:`store_multiples_nontemporal` takes this type, as a compile-time constant."""
    single = types.unliteral(stored) == types.float32
    return types.boolean(stored), lambda context, builder, signature, args: ir.IntType(1)(single)


@intrinsic
def prefetch(typingctx, x, ahead):
    """In a kernel: prefetch into the L2 cache, from ``ahead`` bytes after the start of x, as many bytes as x has."""

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
