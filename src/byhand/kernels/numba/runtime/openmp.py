"""Threads for compiled code: those that torch has, where they can be had.

torch computes with OpenMP, whose threads stay awake for some milliseconds after their last work. A kernel hands them
work in a microsecond; Python's threads need fifteen, and must wait for a core that torch's keep busy with waiting.

Each thread has a share of its own, the same at each call, so that it finds in its cache what it wrote the last time;
who is done takes pieces of the others' shares.
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

PIECES = 8  # of a share: a thread that is interrupted leaves the rest to the others
LINE = 8  # words of memory that two threads must not write to at once

i32, i64, address = ir.IntType(32), ir.IntType(64), ir.IntType(8).as_pointer()


@cache
def library() -> ctypes.CDLL:
    """The one that torch is, found where it was loaded from."""
    (file,) = (Path(torch.__file__).parent / "lib").glob("*torch_cpu.[sd]*")
    return ctypes.CDLL(str(file))


def spread(kernel: Callable[..., Any], arguments: tuple[Any, ...], n: int, grain: int, scratch: int = 0) -> None:
    """Call ``kernel(arguments, scratch, start, stop, openmp)`` so that range(n) is covered, in threads.

    Args:
        kernel: hands all that to :func:`parallel_for`.
        arguments: what all pieces need; they must not depend on each other.
        n: the size of the task, in whatever unit the kernel counts.
        grain: so many units are worth a thread; less than two grains stay on this one.
        scratch: how many bytes each thread needs for itself.
    """
    threads = min(torch.get_num_threads(), n // max(grain, 1))
    scratch = -(-scratch // 64) * 64

    def run(start: int, stop: int, openmp: tuple[int, int, int] = (0, 0, 1)) -> None:
        room = np.empty(openmp[2] * scratch, np.uint8)
        kernel(arguments, (address_of(room) if scratch else 0, scratch), start, stop, openmp)

    if threads <= 1:
        run(0, n)
    elif forked() or (openmp := _functions()) is None:  # OpenMP would wait for threads that stayed in the parent
        parallel(run, n, grain)
    else:
        run(0, n, (*openmp, threads))


@cache
def _functions() -> tuple[int, int] | None:
    """The addresses of OpenMP's functions in the GCC ABI: begin a parallel region; number of the current thread."""
    try:
        found = library().GOMP_parallel, library().omp_get_thread_num
    except (AttributeError, OSError, ValueError):
        return None
    start, which = (ctypes.cast(function, ctypes.c_void_p).value or 0 for function in found)
    return start, which


@intrinsic
def parallel_for(typingctx, part, arguments, scratch, start, stop, openmp):
    """In a kernel: call ``part(*arguments, scratch_at, i, j)`` for pieces from i to j of ``start`` to ``stop``.

    ``scratch`` is its address and how many bytes of it a thread has for itself; ``openmp`` are the addresses of
    OpenMP's functions and the number of threads. Nothing in the part may raise.
    """
    called = typingctx.resolve_function_type(part, (*arguments.types, *[types.int64] * 3), {})

    def codegen(context, builder, signature, args):
        _, packed, scratch, first, last, members = args
        begin_team, who, threads = cgutils.unpack_tuple(builder, members, 3)
        per = ceiling(builder, builder.sub(last, first), threads)
        starts = builder.alloca(i64, builder.mul(threads, i64(LINE)))
        with cgutils.for_range(builder, threads) as loop:
            begin = builder.add(first, builder.mul(loop.index, per))
            builder.store(begin, builder.gep(starts, [builder.mul(loop.index, i64(LINE))]))
        told = cgutils.pack_struct(builder, [packed, scratch, first, last, per, starts, threads, who])
        at = builder.bitcast(cgutils.alloca_once_value(builder, told), address)
        work = work_of(context, builder.module, part, called, told.type)
        with builder.if_else(builder.icmp_signed(">", threads, i64(1))) as (several, one):
            with several:
                kind = ir.FunctionType(ir.VoidType(), [work.type, address, i32, i32])
                function = builder.inttoptr(begin_team, kind.as_pointer())
                builder.call(function, [work, at, builder.trunc(threads, i32), i32(0)])
            with one:
                builder.call(work, [at])
        return context.get_dummy_value()

    pair, three = types.UniTuple(types.int64, 2), types.UniTuple(types.int64, 3)
    return types.none(part, arguments, pair, types.int64, types.int64, three), codegen


def work_of(context, module, part, called, kind):
    """What each thread calls, with the address of what it is told: a function of the module."""
    work = ir.Function(module, ir.FunctionType(ir.VoidType(), [address]), module.get_unique_name("work"))
    work.linkage = "internal"
    builder = ir.IRBuilder(work.append_basic_block())
    told = builder.load(builder.bitcast(work.args[0], kind.as_pointer()))
    packed, scratch, first, last, per, starts, threads, who = cgutils.unpack_tuple(builder, told, 8)
    place = cgutils.alloca_once_value(builder, i64(0))
    with builder.if_then(builder.icmp_signed(">", threads, i64(1))):
        ask = builder.inttoptr(who, ir.FunctionType(i32, []).as_pointer())
        builder.store(builder.zext(builder.call(ask, []), i64), place)
    mine = builder.load(place)
    room, size = cgutils.unpack_tuple(builder, scratch, 2)
    same = [*cgutils.unpack_tuple(builder, packed), builder.add(room, builder.mul(mine, size))]
    compiled = part.dispatcher.overloads[called.args]
    context.add_linking_libs([compiled.library])
    function = context.declare_function(module, compiled.fndesc)
    step = ceiling(builder, per, i64(PIECES))
    with cgutils.for_range(builder, threads) as loop:
        whose = builder.srem(builder.add(mine, loop.index), threads)
        end = least(builder, builder.add(first, builder.mul(builder.add(whose, i64(1)), per)), last)
        next_start = builder.gep(starts, [builder.mul(whose, i64(LINE))])
        head, body, done = (builder.append_basic_block() for _ in range(3))
        builder.branch(head)
        builder.position_at_end(head)
        start = builder.atomic_rmw("add", next_start, step, "monotonic")
        builder.cbranch(builder.icmp_signed("<", start, end), body, done)
        builder.position_at_end(body)
        here = [*same, start, least(builder, builder.add(start, step), end)]
        context.call_conv.call_function(builder, function, called.return_type, called.args, here)
        builder.branch(head)
        builder.position_at_end(done)
    builder.ret_void()
    return work


def ceiling(builder, a, b):
    """a / b, up."""
    return builder.sdiv(builder.add(a, builder.sub(b, i64(1))), b)


def least(builder, a, b):
    """The least of two."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)
