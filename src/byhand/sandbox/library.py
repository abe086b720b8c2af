"""NumPy and torch as they were at the start: references that a program cannot patch by accident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Library:
    """The functions and types that the machine needs; ``torch`` is None if it was not requested."""

    def __init__(self, with_torch: bool = True) -> None:
        try:
            import numpy
        except ImportError:
            if with_torch:
                raise
            numpy = None  # type: ignore[assignment]
        self.numpy: Any = numpy
        if numpy is not None:
            self.frombuffer: Any = numpy.frombuffer
            self.new_array, self.as_array, self.empty_array = numpy.array, numpy.asarray, numpy.empty
            self.array_types, self.array_astype = (numpy.ndarray, numpy.generic), numpy.ndarray.astype
        self.torch: Any = None
        if with_torch:
            import torch

            base = torch._C.TensorBase
            self.torch = torch
            self.strided: Any = torch.strided
            self.tensor: Any = torch.Tensor
            self.parameter: Any = torch.nn.Parameter
            self.from_numpy: Any = torch.from_numpy
            self.empty: Any = torch.empty
            self.full_like: Any = torch.full_like
            self.backward: Any = torch.autograd.backward
            self.plain: Any = torch._C.DisableTorchFunctionSubclass
            self.detach, self.contiguous, self.to = base.detach, base.contiguous, base.to
            self.to_numpy, self.pointer, self.total = base.numpy, base.data_ptr, base.sum
            self.wants_grad, self.as_subclass = base.requires_grad_, base.as_subclass
            self.graph: Any = base.grad_fn
            self.requires_grad: Any = base.requires_grad
            self.dtypes = {name: getattr(torch, name) for name in ("float16", "bfloat16", "float32", "float64")}
            self._float = torch.float32
            self._state = (torch.get_default_dtype, torch.set_default_dtype, torch.is_grad_enabled)
            self._set_grad: Any = torch._C._set_grad_enabled

    @contextmanager
    def standard(self) -> Iterator[None]:
        """Set float32 as default dtype and enable gradients; restore the previous state afterwards."""
        if self.torch is None:
            yield
            return
        get_dtype, set_dtype, grad = self._state
        dtype, enabled = get_dtype(), grad()
        set_dtype(self._float)
        self._set_grad(True)
        try:
            yield
        finally:
            set_dtype(dtype)
            self._set_grad(enabled)
