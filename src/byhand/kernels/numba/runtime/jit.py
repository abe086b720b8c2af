"""How the kernels are compiled: lazily, without the GIL, cached where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

from byhand.kernels import uncollected

F = TypeVar("F", bound=Callable[..., Any])

# Numba stamps machine code with the file of its function alone; what that calls from other files is in it too.
STAMP = tuple(
    (file.name, file.stat().st_mtime_ns, file.stat().st_size)
    for file in sorted(Path(__file__).parents[1].rglob("*.py"))
)

ALIKE = {"error_model": "numpy", "no_cfunc_wrapper": True}  # nobody calls it from C: a tenth less to compile


class Cache(FunctionCache):  # type: ignore[misc]
    """Numba's, but machine code that was kept is loaded without the modules that compile: most of a first call's time.

    The compiler imports them when it is needed.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was kept for this signature, or None."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def kernel(*fastmath: str, nogil: bool = True) -> Callable[[F], F]:
    """Compile a kernel. It may be called from any thread, and its machine code is kept for the next process.

    Args:
        fastmath: what the compiler may assume in this function's own arithmetic, ``"contract"`` or ``"reassoc"``.
            Never all of it: nan and inf keep their meaning.
        nogil: whether it lets other threads run meanwhile.
    """

    def compile(function: F) -> F:
        compiled = numba.njit(fastmath=set(fastmath), nogil=nogil, **ALIKE)(function)
        compiled._compile_for_args = uncollected()(compiled._compile_for_args)
        try:
            compiled._cache = Cache(function)
        except RuntimeError:  # neither the package's folder nor the user's can be written: compile in each process
            return compiled  # type: ignore[no-any-return]
        compiled._cache._cache_file._source_stamp = STAMP
        return compiled  # type: ignore[no-any-return]

    return compile


def jit(*fastmath: str) -> Callable[[F], F]:
    """Compile a part of kernels, which Python can't call: that saves a fifth of the time."""

    def compile(function: F) -> F:
        compiled = numba.njit(fastmath=set(fastmath), no_cpython_wrapper=True, **ALIKE)(function)

        def refuse(*_: Any) -> None:
            raise TypeError(f"{function.__name__} is part of kernels: it has no code that Python could call.")

        # Numba would call it all the same, and crash.
        compiled.add_overload = lambda code: compiled.overloads.update({tuple(code.signature.args): code})
        compiled._compile_for_args = refuse
        return compiled  # type: ignore[no-any-return]

    return compile
