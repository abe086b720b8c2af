"""Reads the addresses and the metadata of thousands of tensors in one call of compiled code.

``Tensor.data_ptr()`` takes a tenth of a microsecond, the same call in C a hundredth. The calls use the C interface
that torch has for code compiled ahead of time (AOTInductor); it returns an error code where Python would raise. Its
handle of a tensor is the address of the pointer to the C++ tensor, which is a field of the Python object.
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
from torch.autograd.graph import increment_version

from byhand.kernels.numba.runtime.jit import kernel
from byhand.kernels.numba.runtime.memory import slice_at
from byhand.kernels.numba.runtime.openmp import library

Array = np.ndarray[Any, np.dtype[Any]]
State = dict[str, Tensor]

i4, i8 = np.int32, np.int64

CHANGED, SAME, MOVED = 0, 1, 2


class TensorTable:
    """The addresses of the tensors of a step, with the metadata for the same-metadata guard.

    Args:
        grads: the gradients of the parameters.
        params: the parameters.
        states: their states.
        names: the names of the tensors in each state.
    """

    def __init__(
        self,
        grads: Sequence[Tensor],
        params: Sequence[Tensor],
        states: Sequence[State],
        names: Sequence[str],
    ) -> None:
        getters, counter = _getters(), _version_counter_offsets()
        assert getters is not None
        assert counter is not None
        tensors = [*params, *(state[name] for name in names for state in states)]
        self._held = tuple(np.fromiter(items, object) for items in (tensors, states, names))
        addresses = [items.__array_interface__["data"][0] for items in self._held]
        self._config = np.array([*getters, *addresses, len(params), len(names), *counter], np.int64)
        self._metadata = np.array([value for p in params for value in _metadata(p)], np.int64)
        self._table = np.array([x.data_ptr() for x in (*grads, *tensors)], np.int64)
        self._rows = self._table.reshape(-1, len(params))

    def refresh(self, grads: list[Tensor]) -> tuple[Array, bool] | None:
        """The addresses, one column for each parameter: gradient, parameter, state; and whether parameters have moved.

        A parameter moves if its ``.data`` is set; the caller has to check whether the new tensor is on the same device
        and as plain as the old one. None if anything else but the gradients changed.
        The caller writes to these addresses, so the version counters of all but the gradients are incremented.
        ``grads`` must hold one tensor for each parameter. The array is the same each time.
        """
        found = check_and_update(self._config, id(grads), self._metadata, self._table)
        return (self._rows, found == MOVED) if found else None


def works() -> bool:
    """Whether this version of torch has the functions and the memory layout that are needed."""
    return _getters() is not None and _version_counter_offsets() is not None


def _metadata(p: Tensor) -> list[int]:
    return [_code(p.dtype), p.ndim, *p.shape, *p.stride()]


@cache
def _code(dtype: torch.dtype) -> int:
    """The number of a dtype in torch's C interface."""
    return int(getattr(library(), f"aoti_torch_dtype_{str(dtype).removeprefix('torch.')}")())


@cache
def _getters() -> tuple[int, ...] | None:
    """The addresses of the C functions, and the offset of the C++ pointer in a Python tensor; None if one is missing.

    They are tested on a tensor whose address is known.
    """
    try:
        names = ("data_ptr", "dtype", "dim", "sizes", "strides")
        python = ctypes.pythonapi.PyList_GetItem, ctypes.pythonapi.PyDict_GetItem
        functions = [*python, *(library()[f"aoti_torch_get_{name}"] for name in names)]
        found = [ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions]
        x = torch.empty(5, 3).t()[1:]
        words = (ctypes.c_int64 * (type(x).__basicsize__ // 8)).from_address(id(x))
        (handle_offset,) = (8 * i for i, word in enumerate(words) if word == x._cdata)
        answer = ctypes.c_int64()
        library().aoti_torch_get_data_ptr(ctypes.c_void_p(id(x) + handle_offset), ctypes.byref(answer))
    except (AttributeError, OSError, ValueError):
        return None
    return (*found, handle_offset) if answer.value == x.data_ptr() else None


@cache
def _version_counter_offsets() -> tuple[int, int] | None:
    """The offset of the pointer to the version counter in a C++ tensor, and that of the count behind it; or None.

    The pointer is the only word of a tensor that its alias shares and ``x.data`` does not, though it has the same
    memory. Behind the end of a tensor any words may stand, such as sizes of free memory, which are odd; so several
    tensors are asked, all of which exist at the same time.
    """

    def words(x: Tensor) -> Any:
        return (ctypes.c_int64 * 24).from_address(x._cdata)

    offsets = set(range(0, 24 * 8, 8))
    with torch.inference_mode(False):
        tensors = [torch.empty(5, 3) for _ in range(16)]
        aliases, others = [x.detach() for x in tensors], [x.data for x in tensors]
        for x, alias, other in zip(tensors, aliases, others, strict=True):
            rows = zip(*map(words, (x, alias, other)), strict=True)
            offsets &= {8 * i for i, (a, b, c) in enumerate(rows) if a and a % 8 == 0 and a == b and a != c}
    if len(offsets) != 1:
        return None
    (offset,) = offsets
    numbers = (ctypes.c_uint32 * 6).from_address(words(x)[offset // 8])
    counts = set(range(6))
    for _ in range(3):  # the count of references may equal one version, but not each
        increment_version(x)
        counts &= {i for i, number in enumerate(numbers) if number == x._version}
    if len(counts) != 1:
        return None
    (count,) = counts
    version = x._version + 1
    numbers[count] += 1
    return (offset, 4 * count) if x._version == alias._version == version else None


@intrinsic
def call_getter(typingctx, getter, handle, answer):
    """In a kernel: call torch's ``getter(handle, answer)``, all of them addresses; returns 0 if there was no error."""
    return types.int32(types.int64, types.int64, types.int64), _call(ir.IntType(32))


@intrinsic
def get_item(typingctx, get, container, key):
    """In a kernel: an item of a Python list or dict, or 0 if it has none; the GIL must be held."""
    return types.int64(types.int64, types.int64, types.int64), _call(ir.IntType(64))


def _call(result: Any) -> Callable[..., Any]:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = ir.FunctionType(result, [ir.IntType(64)] * 2)
        return builder.call(builder.inttoptr(args[0], function.as_pointer()), args[1:])

    return codegen


@kernel(nogil=False)
def check_and_update(config, list_of_grads, metadata, table):
    """Write the addresses of n gradients and n parameters into the table, and check all else: the same-metadata guard.

    That is the metadata of the parameters and, for each of m names, the tensors in their n states. The version counter
    of each tensor is incremented. Returns CHANGED, SAME, or MOVED if only addresses of parameters differ.
    """
    of_list, of_dict, data_ptr, handle_offset, tensors_at, states_at, names_at, n, m, counter_at, version_at = (
        config[0], config[1], config[2], config[7], config[8], config[9], config[10],
        config[11], config[12], config[13], config[14],
    )  # fmt: skip
    tensors, states, names = (
        slice_at(tensors_at, 0, n * (m + 1), i8(0)),
        slice_at(states_at, 0, n, i8(0)),
        slice_at(names_at, 0, m, i8(0)),
    )
    answer = np.zeros(1, i8)
    answer_at = answer.ctypes.data
    k, found = 0, SAME
    for r in range(n):
        if call_getter(data_ptr, get_item(of_list, list_of_grads, r) + handle_offset, answer_at):
            return CHANGED
        table[r] = answer[0]
        if answer[0] == 0 and table[n + r] != 0:  # a gradient whose memory was freed
            return CHANGED
        for c in range(m + 1):
            x = tensors[c * n + r]
            if c > 0 and get_item(of_dict, states[r], names[c - 1]) != x:
                return CHANGED
            if call_getter(data_ptr, x + handle_offset, answer_at):
                return CHANGED
            if answer[0] != table[(c + 1) * n + r]:
                if c > 0 or answer[0] == 0:
                    return CHANGED
                table[n + r], found = answer[0], MOVED
            counter = slice_at(slice_at(x + handle_offset, 0, 1, i8(0))[0] + counter_at, 0, 1, i8(0))[0]
            if counter == 0:  # an inference tensor has no version counter
                return CHANGED
            slice_at(counter + version_at, 0, 1, i4(0))[0] += i4(1)
        for getter in config[3:5]:  # the dtype, the number of dimensions
            answer[0] = 0  # the number of a dtype has 32 bits only
            if call_getter(getter, tensors[r] + handle_offset, answer_at) or answer[0] != metadata[k]:
                return CHANGED
            k += 1
        dim = answer[0]
        for getter in config[5:7]:  # the sizes, the strides
            if call_getter(getter, tensors[r] + handle_offset, answer_at):
                return CHANGED
            for size in slice_at(answer[0], 0, dim, i8(0)):
                if size != metadata[k]:
                    return CHANGED
                k += 1
    return found
