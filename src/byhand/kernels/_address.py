"""Whether a tensor's numbers are at its address: what every kernel asks of every tensor before it reads."""

from __future__ import annotations

import torch
from torch import Tensor
from torch._C import DispatchKey, DispatchKeySet

from byhand._check import must_be

_memory = DispatchKeySet(DispatchKey.CPU) | DispatchKeySet(DispatchKey.AutocastCPU)
_recorded = DispatchKeySet(DispatchKey.AutogradCPU) | DispatchKeySet(DispatchKey.ADInplaceOrView)

PLAIN = frozenset({_memory.raw_repr(), (_memory | _recorded).raw_repr()})
"""The dispatch keys of plain tensors, made in inference mode and elsewhere.

What is sparse, quantized, batched, functional, fake, lazily negated or conjugated, or zero without memory, has others.
"""


def no_address(*tensors: Tensor) -> str:
    """Why these can't be read at an address of the CPU, or ``""``."""
    for x in tensors:
        if type(x) not in (Tensor, torch.nn.Parameter):
            return f"it takes plain tensors, not {type(x).__name__}"
        if not x.is_cpu:
            return f"it computes on the CPU, not on {x.device.type}"
        if not _is_plain(x):
            return "it takes dense tensors"
        if not x.data_ptr() and x.numel():
            return "it takes tensors whose memory is allocated"
    return ""


def check_allocated(of: str, argument: str, x: Tensor) -> None:
    """Refuse a tensor whose memory was freed, as ``x.untyped_storage().resize_(0)`` does: torch itself reads address 0.

    Raises:
        RuntimeError: there are numbers, and no memory.
    """
    if x.numel() and _is_plain(x) and not x.data_ptr():
        raise must_be(argument, of, "allocated", "a tensor whose memory was freed", RuntimeError)


def _is_plain(x: Tensor) -> bool:
    return type(x) in (Tensor, torch.nn.Parameter) and torch._C._dispatch_keys(x).raw_repr() in PLAIN
