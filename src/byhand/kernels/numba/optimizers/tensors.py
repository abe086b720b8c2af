"""What C sees of Python's tensors: where their numbers are, and in what shape; thousands of them in one call.

``Tensor.data_ptr()`` takes a tenth of a microsecond, the same question in C a hundredth. It is asked through the C
interface that torch keeps for code compiled ahead of time (AOTInductor), which answers with an error where Python
would raise. What it takes for a tensor is the place, within Python's object, that points to the tensor proper.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from torch import Tensor

from byhand.kernels.numba.runtime.jit import kernel
from byhand.kernels.numba.runtime.memory import slice_at
from byhand.kernels.numba.runtime.openmp import library

Array = np.ndarray[Any, np.dtype[Any]]
State = dict[str, Tensor]

i4, i8 = np.int32, np.int64


class TensorTable:
    """The tensors of a step, as they are when this is made.

    Args:
        grads: of the parameters.
        params: the parameters.
        states: their states.
        names: of the tensors in each state that matter.
    """

    def __init__(
        self,
        grads: Sequence[Tensor],
        params: Sequence[Tensor],
        states: Sequence[State],
        names: Sequence[str],
    ) -> None:
        questions, counter = _questions(), _counter()
        assert questions is not None
        assert counter is not None
        kept = [*params, *(state[name] for name in names for state in states)]
        self._held = tuple(np.fromiter(these, object) for these in (kept, states, names))
        places = [these.__array_interface__["data"][0] for these in self._held]
        self._where = np.array([*questions, *places, len(params), len(names), *counter], np.int64)
        self._facts = np.array([fact for p in params for fact in _facts(p)], np.int64)
        self._table = np.array([x.data_ptr() for x in (*grads, *kept)], np.int64)
        self._rows = self._table.reshape(-1, len(params))

    def refresh(self, grads: list[Tensor]) -> Array | None:
        """The addresses, a column a parameter: gradient, itself, its state. None if any but gradients changed.

        Whoever gets them writes there: all but the gradients count as changed in place. There must be as many
        gradients as parameters, all tensors; the array is the same each time.
        """
        return self._rows if look(self._where, id(grads), self._facts, self._table) else None


def works() -> bool:
    """Whether this version of torch can be asked."""
    return _questions() is not None and _counter() is not None


def _facts(p: Tensor) -> list[int]:
    return [_code(p.dtype), p.ndim, *p.shape, *p.stride()]


@cache
def _code(dtype: torch.dtype) -> int:
    """The number that stands for a dtype."""
    return int(getattr(library(), f"aoti_torch_dtype_{str(dtype).removeprefix('torch.')}")())


@cache
def _questions() -> tuple[int, ...] | None:
    """The addresses of the functions, and where a tensor's place is in its object; None if they can't be had.

    They are tried on a tensor whose answer is known.
    """
    try:
        names = ("data_ptr", "dtype", "dim", "sizes", "strides")
        python = ctypes.pythonapi.PyList_GetItem, ctypes.pythonapi.PyDict_GetItem
        functions = [*python, *(library()[f"aoti_torch_get_{name}"] for name in names)]
        found = [ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions]
        x = torch.empty(5, 3).t()[1:]
        words = (ctypes.c_int64 * (type(x).__basicsize__ // 8)).from_address(id(x))
        (place,) = (8 * i for i, word in enumerate(words) if word == x._cdata)
        answer = ctypes.c_int64()
        library().aoti_torch_get_data_ptr(ctypes.c_void_p(id(x) + place), ctypes.byref(answer))
    except (AttributeError, OSError, ValueError):
        return None
    return (*found, place) if answer.value == x.data_ptr() else None


@cache
def _counter() -> tuple[int, int] | None:
    """Where a tensor proper points to its version counter, and where in that the number is; None if not found.

    Of the words of a tensor, one that an alias shares and ``x.data``, with the same memory, does not.
    """

    def words(x: Tensor) -> Any:
        return (ctypes.c_int64 * 24).from_address(x._cdata)

    version = 0x5EED5
    with torch.inference_mode(False):
        x = torch.empty(5, 3)
        alias, other = x.detach(), x.data
    torch._C._autograd._unsafe_set_version_counter((x,), (version,))
    places = [
        8 * i for i, (a, b, c) in enumerate(zip(*map(words, (x, alias, other)), strict=True)) if a and a == b and a != c
    ]
    if len(places) != 1:
        return None
    counter = words(x)[places[0] // 8]
    numbers = (ctypes.c_uint32 * 6).from_address(counter)
    found = [4 * i for i, number in enumerate(numbers) if number == version]
    if len(found) != 1:
        return None
    numbers[found[0] // 4] += 1
    return (places[0], found[0]) if x._version == alias._version == version + 1 else None


@intrinsic
def ask(typingctx, question, handle, answer):
    """In a kernel: call ``question(handle, answer)`` of torch, all of them addresses; 0 if it went well."""
    return types.int32(types.int64, types.int64, types.int64), _call(ir.IntType(32))


@intrinsic
def item(typingctx, get, container, key):
    """In a kernel: what a list or a dict of Python has there, 0 if it has nothing; the GIL must be held."""
    return types.int64(types.int64, types.int64, types.int64), _call(ir.IntType(64))


def _call(result: Any) -> Callable[..., Any]:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = ir.FunctionType(result, [ir.IntType(64)] * 2)
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    return codegen


@kernel(nogil=False)
def look(where, list_of_grads, facts, table):
    """Write the addresses of n gradients into the table; whether all else is as it was, and then counts as changed.

    What is kept are n parameters and, under each of m names, what was in their n states; its addresses follow in the
    table. The facts are those of the parameters.
    """
    of_list, of_dict, data_ptr, place, kept_at, books_at, names_at, n, m, counter_at, version_at = (
        where[0], where[1], where[2], where[7], where[8], where[9], where[10], where[11], where[12], where[13],
        where[14],
    )  # fmt: skip
    kept, states, names = (
        slice_at(kept_at, 0, n * (m + 1), i8(0)),
        slice_at(books_at, 0, n, i8(0)),
        slice_at(names_at, 0, m, i8(0)),
    )
    answer = np.zeros(1, i8)
    to = answer.ctypes.data
    k = 0
    for r in range(n):
        if ask(data_ptr, item(of_list, list_of_grads, r) + place, to):
            return False
        table[r] = answer[0]
        if answer[0] == 0 and table[n + r] != 0:  # a gradient whose memory was freed
            return False
        for c in range(m + 1):
            x = kept[c * n + r]
            if c > 0 and item(of_dict, states[r], names[c - 1]) != x:
                return False
            if ask(data_ptr, x + place, to) or answer[0] != table[(c + 1) * n + r]:
                return False
            counter = slice_at(slice_at(x + place, 0, 1, i8(0))[0] + counter_at, 0, 1, i8(0))[0]
            if counter == 0:  # an inference tensor has none
                return False
            slice_at(counter + version_at, 0, 1, i4(0))[0] += i4(1)
        for question in where[3:5]:  # the dtype, the number of dimensions
            answer[0] = 0  # a dtype's number is half as wide
            if ask(question, kept[r] + place, to) or answer[0] != facts[k]:
                return False
            k += 1
        dim = answer[0]
        for question in where[5:7]:  # the sizes, the strides
            if ask(question, kept[r] + place, to):
                return False
            for size in slice_at(answer[0], 0, dim, i8(0)):
                if size != facts[k]:
                    return False
                k += 1
    return True
