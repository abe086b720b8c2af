"""What C sees of Python's tensors: where their numbers are, and of what kind; thousands of them in one call.

``Tensor.data_ptr()`` takes a tenth of a microsecond, the same question in C a hundredth. It is asked through the C
interface that torch keeps for code compiled ahead of time (AOTInductor), which answers with an error where Python
would raise. What it takes for a tensor is the place, within Python's object, that points to the tensor proper. Lists
and dicts are asked through the C interface of Python, and so with the GIL held.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from torch import Tensor

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import at

Array = np.ndarray[Any, np.dtype[Any]]
Book = dict[str, Tensor]

i8 = np.int64

QUESTIONS = ("data_ptr", "device_type", "layout", "dtype", "dim", "sizes", "strides")
IS_NEG = "_ZN2at6native6is_negERKNS_6TensorE"  # at::native::is_neg: the one question that the C interface lacks
TYPE = 8  # bytes after which Python's object names its type


class Sight:
    """The tensors of a step, as they are when this is made.

    Args:
        grads: of the parameters.
        params: the parameters.
        books: their states.
        names: of the tensors in each state that matter.
    """

    def __init__(self, grads: list[Tensor], params: list[Tensor], books: list[Book], names: Sequence[str]) -> None:
        functions = _functions()
        assert functions is not None
        kept = [*params, *(book[name] for name in names for book in books)]
        self._held = tuple(np.fromiter(these, object) for these in (kept, books, names))
        places = [these.__array_interface__["data"][0] for these in self._held]
        self._where = np.array([*functions, *places, len(params), len(names)], np.int64)
        self._kinds = np.array([fact for pair in zip(grads, params, strict=True) for x in pair for fact in _kind(x)])
        self._table = np.array([x.data_ptr() for x in (*grads, *kept)], np.int64)
        self._rows = self._table.reshape(-1, len(params))

    def table(self, grads: list[Any]) -> Array | None:
        """The addresses, a column a parameter: gradient, itself, its books. None if anything but gradients changed.

        There must be as many gradients as parameters. The array is the same each time.
        """
        return self._rows if look(self._where, id(grads), self._kinds, self._table) else None


def works() -> bool:
    """Whether this version of torch can be asked."""
    return _functions() is not None


@cache
def _library() -> ctypes.CDLL:
    """The one that torch is, found where it was loaded from."""
    (file,) = (Path(torch.__file__).parent / "lib").glob("*torch_cpu.[sd]*")
    return ctypes.CDLL(str(file))


@cache
def _code(dtype: torch.dtype) -> int:
    """The number that stands for a dtype."""
    return int(getattr(_library(), f"aoti_torch_dtype_{str(dtype).removeprefix('torch.')}")())


def _kind(x: Tensor) -> list[int]:
    """What :func:`is_of_kind` compares, of a dense tensor on the CPU."""
    cpu, strided = _library().aoti_torch_device_type_cpu(), _library().aoti_torch_layout_strided()
    return [id(type(x)), cpu, strided, _code(x.dtype), x.ndim, *x.shape, *x.stride()]


@cache
def _functions() -> tuple[int, ...] | None:
    """The addresses of what is called, and where a tensor's place is in its object; None if they can't be had.

    They are tried on tensors whose answers are known.
    """
    try:
        asked = [_library()[name] for name in (*(f"aoti_torch_get_{name}" for name in QUESTIONS), IS_NEG)]
        functions = [ctypes.pythonapi.PyList_GetItem, ctypes.pythonapi.PyDict_GetItem, *asked]
        x = torch.empty(5, 3).t()[1:]
        words = (ctypes.c_int64 * (type(x).__basicsize__ // 8)).from_address(id(x))
        (place,) = (8 * i for i, word in enumerate(words) if word == x._cdata)
        found = [ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions]
        return (*found, place) if words[TYPE // 8] == id(type(x)) and _answers(x, place) else None
    except (AttributeError, OSError, ValueError):
        return None


def _answers(x: Tensor, place: int) -> bool:
    """Whether torch says the truth of ``x`` and of its negative."""
    address, dim, is_neg = ctypes.c_int64(), ctypes.c_int64(), _library()[IS_NEG]
    is_neg.restype, is_neg.argtypes = ctypes.c_bool, [ctypes.c_void_p]
    negative, handle = x._neg_view(), ctypes.c_void_p(id(x) + place)
    _library().aoti_torch_get_data_ptr(handle, ctypes.byref(address))
    _library().aoti_torch_get_dim(handle, ctypes.byref(dim))
    signs = is_neg(handle), is_neg(id(negative) + place)
    return (address.value, dim.value, signs) == (x.data_ptr(), x.ndim, (False, True))


@intrinsic
def ask(typingctx, question, handle, answer):
    """In a kernel: call ``question(handle, answer)`` of torch, all of them addresses; 0 if it went well."""
    return types.int32(types.int64, types.int64, types.int64), _call(ir.IntType(32))


@intrinsic
def item(typingctx, get, container, key):
    """In a kernel: what a list or a dict of Python has there, 0 if it has nothing."""
    return types.int64(types.int64, types.int64, types.int64), _call(ir.IntType(64))


@intrinsic
def holds(typingctx, question, handle):
    """In a kernel: call ``question(handle)``, which answers yes or no."""
    return types.boolean(types.int64, types.int64), _call(ir.IntType(1))


def _call(result: Any) -> Callable[..., Any]:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = ir.FunctionType(result, [ir.IntType(64)] * (len(args) - 1))
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    return codegen


@jit(nogil=False)
def look(where, list_of_grads, kinds, table):
    """Write the addresses of n gradients into the table; whether all else is as it was.

    What is kept are n parameters and, under each of m names, what was in their n books; its addresses follow in the
    table. The kinds are those of each gradient and its parameter.
    """
    of_list, of_dict, data_ptr, place = where[0], where[1], where[2], where[10]
    kept_at, books_at, names_at, n, m = where[11], where[12], where[13], where[14], where[15]
    kept, books, names = at(kept_at, n * (m + 1), i8(0)), at(books_at, n, i8(0)), at(names_at, m, i8(0))
    answer = np.zeros(1, i8)
    k = 0
    for r in range(n):
        grad = item(of_list, list_of_grads, r)
        k = is_of_kind(where, grad, kinds, k, answer)
        k = is_of_kind(where, kept[r], kinds, k, answer) if k else 0
        if not k or ask(data_ptr, grad + place, answer.ctypes.data) or (answer[0] == 0) != (table[r] == 0):
            return False
        table[r] = answer[0]
        for c in range(m + 1):
            x = kept[c * n + r]
            if c > 0 and item(of_dict, books[r], names[c - 1]) != x:
                return False
            if ask(data_ptr, x + place, answer.ctypes.data) or answer[0] != table[(c + 1) * n + r]:
                return False
    return True


@jit(nogil=False)
def is_of_kind(where, x, kinds, k, answer):
    """Whether an object is a tensor of the kind that is told from number k on: the number after that, or 0."""
    if at(x + TYPE, 1, i8(0))[0] != kinds[k] or holds(where[9], x + where[10]):
        return 0
    for i in range(1, 5):  # device, layout, dtype, number of dimensions
        answer[0] = 0  # some answers are half as wide
        if ask(where[2 + i], x + where[10], answer.ctypes.data) or answer[0] != kinds[k + i]:
            return 0
    k, dim = k + 5, answer[0]
    for i in range(7, 9):  # sizes, strides
        if ask(where[i], x + where[10], answer.ctypes.data):
            return 0
        for size in at(answer[0], dim, i8(0)):
            if size != kinds[k]:
                return 0
            k += 1
    return k
