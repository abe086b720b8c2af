"""Compiles the kernels: at the first call, to run without the GIL, with machine code cached on disk where possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

from byhand.kernels import gc_paused

F = TypeVar("F", bound=Callable[..., Any])

# Numba checks cached machine code against the file of its function only. It also contains code from other files, so
# all files of the engine are checked here.
STAMP = tuple(
    (file.name, file.stat().st_mtime_ns, file.stat().st_size)
    for file in sorted(Path(__file__).parents[1].rglob("*.py"))
)

OPTIONS = {"error_model": "numpy", "no_cfunc_wrapper": True}  # no wrapper for callers in C: a tenth less compile time


class Cache(FunctionCache):  # type: ignore[misc]
    """Numba's cache, but cached machine code is loaded without importing the compiler.

    That import is most of the time of a first call. Numba makes it later if something must be compiled.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The cached code for this signature, or None."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def kernel(*fastmath: str, nogil: bool = True) -> Callable[[F], F]:
    """Compile a kernel that Python calls, from any thread. Its machine code is cached for later processes.

    Args:
        fastmath: which of LLVM's fast-math flags hold inside this function, ``"contract"`` or ``"reassoc"``. The
            others stay off, so that nan and inf keep their meaning.
        nogil: whether other Python threads may run meanwhile.
    """

    def compile(function: F) -> F:
        compiled = numba.njit(fastmath=set(fastmath), nogil=nogil, **OPTIONS)(function)
        compiled._compile_for_args = gc_paused()(compiled._compile_for_args)
        try:
            compiled._cache = Cache(function)
        except RuntimeError:  # no cache folder can be written, neither the package's nor the user's
            return compiled  # type: ignore[no-any-return]
        compiled._cache._cache_file._source_stamp = STAMP
        return compiled  # type: ignore[no-any-return]

    return compile


def jit(*fastmath: str) -> Callable[[F], F]:
    """Compile a function that only kernels call: without a wrapper for Python it compiles in a fifth less time."""

    def compile(function: F) -> F:
        compiled = numba.njit(fastmath=set(fastmath), no_cpython_wrapper=True, **OPTIONS)(function)

        def refuse(*_: Any) -> None:
            raise TypeError(f"{function.__name__} can only be called from compiled code.")

        # Numba would still try to call it from Python, and crash.
        compiled.add_overload = lambda code: compiled.overloads.update({tuple(code.signature.args): code})
        compiled._compile_for_args = refuse
        return compiled  # type: ignore[no-any-return]

    return compile
