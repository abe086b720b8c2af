"""Checks that a tensor's data is at its address. Every kernel makes this check before it reads a tensor."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from byhand._check import must_be


def _plain_keys() -> frozenset[int]:
    try:
        from torch._C import DispatchKey, DispatchKeySet, _dispatch_keys  # noqa: F401 - the last is used below
    except ImportError:  # private names, which another version of torch may not have
        return frozenset()
    memory = DispatchKeySet(DispatchKey.CPU) | DispatchKeySet(DispatchKey.AutocastCPU)
    recorded = DispatchKeySet(DispatchKey.AutogradCPU) | DispatchKeySet(DispatchKey.ADInplaceOrView)
    return frozenset({memory.raw_repr(), (memory | recorded).raw_repr()})


PLAIN = _plain_keys()
"""The dispatch keys of plain tensors, created in inference mode or outside; empty if torch does not tell.

A tensor has other keys if it is sparse, quantized, batched, functional, fake, lazily negated or conjugated, or a zero
tensor without memory.
"""


def _shares() -> Callable[[Tensor], bool]:
    try:
        from torch._C import _is_cow_tensor  # type: ignore[attr-defined]
    except ImportError:  # a private name, which another version of torch may not have
        return lambda x: False
    return _is_cow_tensor  # type: ignore[no-any-return]


is_shared = _shares()
"""Whether a plain tensor shares memory until it is written to (copy-on-write).

``data_ptr`` and ``numpy`` would give it memory of its own, which reading does not need; torch's operations only read.
"""


def no_address(*tensors: Tensor) -> str:
    """Why these tensors can't be read at a CPU address, or ``""``."""
    for x in tensors:
        if type(x) not in (Tensor, torch.nn.Parameter):
            return f"it takes plain tensors, not {type(x).__name__}"
        if not x.is_cpu:
            return f"it computes on the CPU, not on {x.device.type}"
        if not _is_plain(x):
            return "it takes dense tensors" if PLAIN else "this version of torch does not say which tensors are dense"
        if is_shared(x):
            return "torch's operations read copy-on-write tensors without a copy"
        if not x.data_ptr() and x.numel():
            return "it takes tensors whose memory is allocated"
    return ""


def check_allocated(of: str, argument: str, x: Tensor) -> None:
    """Raise if a tensor's memory was freed, as by ``x.untyped_storage().resize_(0)``: torch itself reads address 0.

    Raises:
        RuntimeError: the tensor has elements, but no memory.
    """
    if x.numel() and _is_plain(x) and not is_shared(x) and not x.data_ptr():
        raise must_be(argument, of, "allocated", "a tensor whose memory was freed", RuntimeError)


def _is_plain(x: Tensor) -> bool:
    plain_type = type(x) in (Tensor, torch.nn.Parameter)
    return plain_type and bool(PLAIN) and torch._C._dispatch_keys(x).raw_repr() in PLAIN
