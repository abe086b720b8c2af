"""Threads for compiled code: torch's own OpenMP threads, where they can be used.

torch's OpenMP threads keep spinning for some milliseconds after their last work. A kernel starts them in a
microsecond; Python's threads need fifteen, and compete for the cores on which torch's threads spin.

Each thread has a fixed share of the range, the same at each call, so that its cache still holds the data of the last
call. A thread that has finished its share takes pieces of the others' shares (work stealing).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from byhand.kernels import forked
from byhand.kernels.numba.runtime.memory import address_of
from byhand.kernels.numba.runtime.pool import parallel

PIECES = 8  # per share: when a thread is interrupted, the others steal its remaining pieces
LINE = 8  # 64-bit words per cache line: each thread's counter has its own, against false sharing

i32, i64, address = ir.IntType(32), ir.IntType(64), ir.IntType(8).as_pointer()


@cache
def library() -> ctypes.CDLL:
    """torch's own shared library, in the folder from which Python loaded it."""
    (file,) = (Path(torch.__file__).parent / "lib").glob("*torch_cpu.[sd]*")
    return ctypes.CDLL(str(file))


def run_in_threads(
    kernel: Callable[..., Any], arguments: tuple[Any, ...], n: int, grain: int, scratch: int = 0
) -> None:
    """Call ``kernel(arguments, scratch, start, stop, openmp)`` over range(n), in threads.

    Args:
        kernel: passes all its arguments to :func:`parallel_for`.
        arguments: the same for all pieces; the pieces must be independent of each other.
        n: the size of the task, in any unit.
        grain: how many units are worth a thread; below two grains the calling thread does everything.
        scratch: bytes of scratch memory for each thread.
    """
    threads = min(torch.get_num_threads(), n // max(grain, 1))
    scratch = -(-scratch // 64) * 64

    def run(start: int, stop: int, openmp: tuple[int, int, int] = (0, 0, 1)) -> None:
        memory = np.empty(openmp[2] * scratch, np.uint8)
        kernel(arguments, (address_of(memory) if scratch else 0, scratch), start, stop, openmp)

    if threads <= 1:
        run(0, n)
    elif forked() or (openmp := _functions()) is None:  # after a fork, OpenMP waits for threads that no longer exist
        parallel(run, n, grain)
    else:
        run(0, n, (*openmp, threads))


@cache
def _functions() -> tuple[int, int] | None:
    """The addresses of ``GOMP_parallel`` and ``omp_get_thread_num``; None if torch's library lacks them."""
    try:
        found = library().GOMP_parallel, library().omp_get_thread_num
    except (AttributeError, OSError, ValueError):
        return None
    gomp_parallel, get_number = (ctypes.cast(function, ctypes.c_void_p).value or 0 for function in found)
    return gomp_parallel, get_number


@intrinsic
def parallel_for(typingctx, part, arguments, scratch, start, stop, openmp):
    """In a kernel: call ``part(*arguments, scratch_at, i, j)`` for pieces i to j of ``start`` to ``stop``, in threads.

    ``scratch`` is an address and the number of bytes for each thread; ``openmp`` is the addresses of
    ``GOMP_parallel`` and ``omp_get_thread_num``, and the number of threads. ``part`` must not raise.
    """
    part_signature = typingctx.resolve_function_type(part, (*arguments.types, *[types.int64] * 3), {})

    def codegen(context, builder, signature, args):
        _, packed, scratch, first, last, region = args
        gomp_parallel, get_number, threads = cgutils.unpack_tuple(builder, region, 3)
        share = ceiling(builder, builder.sub(last, first), threads)
        starts = builder.alloca(i64, builder.mul(threads, i64(LINE)))
        with cgutils.for_range(builder, threads) as loop:
            begin = builder.add(first, builder.mul(loop.index, share))
            builder.store(begin, builder.gep(starts, [builder.mul(loop.index, i64(LINE))]))
        shared = cgutils.pack_struct(builder, [packed, scratch, first, last, share, starts, threads, get_number])
        at = builder.bitcast(cgutils.alloca_once_value(builder, shared), address)
        work = build_work(context, builder.module, part, part_signature, shared.type)
        with builder.if_else(builder.icmp_signed(">", threads, i64(1))) as (several, one):
            with several:
                kind = ir.FunctionType(ir.VoidType(), [work.type, address, i32, i32])
                function = builder.inttoptr(gomp_parallel, kind.as_pointer())
                builder.call(function, [work, at, builder.trunc(threads, i32), i32(0)])
            with one:
                builder.call(work, [at])
        return context.get_dummy_value()

    pair, three = types.UniTuple(types.int64, 2), types.UniTuple(types.int64, 3)
    return types.none(part, arguments, pair, types.int64, types.int64, three), codegen


def build_work(context, module, part, part_signature, kind):
    """Build the function that each thread calls with the address of the shared struct."""
    work = ir.Function(module, ir.FunctionType(ir.VoidType(), [address]), module.get_unique_name("work"))
    work.linkage = "internal"
    builder = ir.IRBuilder(work.append_basic_block())
    shared = builder.load(builder.bitcast(work.args[0], kind.as_pointer()))
    packed, scratch, first, last, share, starts, threads, get_number = cgutils.unpack_tuple(builder, shared, 8)
    number_at = cgutils.alloca_once_value(builder, i64(0))
    with builder.if_then(builder.icmp_signed(">", threads, i64(1))):
        call = builder.inttoptr(get_number, ir.FunctionType(i32, []).as_pointer())
        builder.store(builder.zext(builder.call(call, []), i64), number_at)
    number = builder.load(number_at)
    scratch_at, size = cgutils.unpack_tuple(builder, scratch, 2)
    common_args = [*cgutils.unpack_tuple(builder, packed), builder.add(scratch_at, builder.mul(number, size))]
    compiled = part.dispatcher.overloads[part_signature.args]
    context.add_linking_libs([compiled.library])
    function = context.declare_function(module, compiled.fndesc)
    step = ceiling(builder, share, i64(PIECES))
    with cgutils.for_range(builder, threads) as loop:
        owner = builder.srem(builder.add(number, loop.index), threads)
        end = minimum(builder, builder.add(first, builder.mul(builder.add(owner, i64(1)), share)), last)
        next_start = builder.gep(starts, [builder.mul(owner, i64(LINE))])
        head, body, done = (builder.append_basic_block() for _ in range(3))
        builder.branch(head)
        builder.position_at_end(head)
        start = builder.atomic_rmw("add", next_start, step, "monotonic")
        builder.cbranch(builder.icmp_signed("<", start, end), body, done)
        builder.position_at_end(body)
        piece_args = [*common_args, start, minimum(builder, builder.add(start, step), end)]
        context.call_conv.call_function(builder, function, part_signature.return_type, part_signature.args, piece_args)
        builder.branch(head)
        builder.position_at_end(done)
    builder.ret_void()
    return work


def ceiling(builder, a, b):
    """a / b, rounded up."""
    return builder.sdiv(builder.add(a, builder.sub(b, i64(1))), b)


def minimum(builder, a, b):
    """The lesser of two integers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)
