"""Compiles the kernels: at the first call, to run without the GIL, with machine code cached on disk where possible."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile
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


class Files(IndexDataCacheFile):  # type: ignore[misc]
    """Numba's files of cached code, an index and a file for each signature; a damaged one is as good as none.

    Wrong machine code would crash, so each file ends with a checksum. The file of a signature also says which one it
    is, and of which source: the index is written before it, and two processes that compile may choose the same name.
    """

    def save(self, key: Any, data: Any) -> None:
        """Save the code of a signature."""
        super().save(key, (self._source_stamp, key, data))

    def load(self, key: Any) -> Any:
        """The code of a signature, or None."""
        stamp, saved_key, data = super().load(key) or (None, None, None)
        return data if (stamp, saved_key) == (self._source_stamp, key) else None

    def _dump(self, found: Any) -> bytes:
        data: bytes = super()._dump(found)
        return data + _checksum(data)

    def _load_data(self, name: str) -> Any:
        return _checked(Path(self._data_path(name)).read_bytes())

    def _load_index(self) -> Any:
        try:
            with open(self._index_path, "rb") as file:
                version = pickle.load(file)
                stamp, names = _checked(file.read()) if version == self._version else (None, {})
        except Exception:  # missing, damaged or not to be read: whatever was in it is compiled again
            return {}
        return names if stamp == self._source_stamp else {}


def _checksum(data: bytes) -> bytes:
    return crc32(data).to_bytes(4, "little")


def _checked(data: bytes) -> Any:
    """The object in these bytes, which end with their checksum."""
    if _checksum(data[:-4]) != data[-4:]:
        raise ValueError("The file is damaged.")
    return pickle.loads(data)  # which ignores what follows the object


class Cache(FunctionCache):  # type: ignore[misc]
    """Numba's cache, but cached machine code is loaded without importing the compiler, and no file can make it fail.

    That import is most of the time of a first call. Numba makes it later if something must be compiled.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._cache_file = Files(self._cache_path, self._impl.filename_base, STAMP)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The cached code for this signature; None, so that it is compiled, also where its file is damaged."""
        rtsys.initialize(target_context)
        try:
            return self._load_overload(sig, target_context)
        except Exception:  # whatever a damaged file may raise
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save the code, if there is a place for it."""
        with suppress(OSError):  # the disk is full, or the folder has gone
            self._save_overload(sig, data)


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
        with suppress(RuntimeError):  # no cache folder can be written, neither the package's nor the user's
            compiled._cache = Cache(function)
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
