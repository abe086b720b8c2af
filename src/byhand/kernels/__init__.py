"""Chooses the engine. The public API asks here for a kernel; where there is none, it computes with torch.

An engine is a folder beside this file. A kernel is a file in that folder, named after its formula. It defines

- a function of the same name, with the arguments and the result of the public API's own computation. The kernel of a
  loss takes that computation as an additional first argument: it serves for gradients of gradients;
- ``refuses(*tensors) -> str``: why the kernel can't take these tensors, or ``""``. For an optimizer they are a
  parameter, its gradient, its moments, and the count of its steps if there is one.

An engine is imported only when one of its kernels is needed. There are two:

- ``numba``: compiled kernels for plain tensors on the CPU;
- ``torch``: torch's fused and foreach optimizer steps, and its losses, where their meaning is byhand's. It serves CUDA,
  MPS, XPU and other devices, and on the CPU complex parameters and parameters with gaps. It has no kernel of ROC AUC,
  and does not round moments stochastically.

Whether a kernel or torch computes is decided in these places:

- :func:`pick`, for each call: by the chosen backend; by :func:`why_torch_only`, a state of torch in which no kernel may
  run; by whether the engine loads and has the kernel; and by the kernel's ``refuses`` for these tensors.
- ``losses/_shared.py``: ``Known`` caches the kernel of an earlier call of a loss with like tensors, so that ``pick`` is
  not asked again. Under ``torch.compile`` the formula is compiled, unless ``operators_serve`` of
  ``losses/_operators.py`` says that a custom operator can call the kernel.
- ``Optimizer._choose`` of ``optim/_base.py``: torch for ``differentiable=True`` and under ``torch.compile``, else
  ``pick`` for each parameter, so that one step may use several.
- The kernel of a loss: it calls the formula for empty tensors, and for gradients of gradients.

With ``"auto"`` nothing tells which of them computed. Inside ``byhand.backend("numba")``, ``pick`` raises the reason
why it leaves a call to torch.
"""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from torch import _C, Tensor  # the name `torch` is that of an engine here
from torch.autograd import forward_ad

from byhand._check import must_be

ENGINES = ("triton", "numba", "torch")
"""Engines, the preferred first. Triton's has no folder yet: ``"auto"`` skips it, and to choose it by name raises."""

BACKENDS = ("auto", "formula", *ENGINES)

_chosen: ContextVar[str | None] = ContextVar("byhand_backend", default=None)
try:  # to ask the dict behind os.environ takes a twentieth of the time, which small calls notice
    _environment, _VARIABLE = os.environ._data, os.environ.encodekey("BYHAND_BACKEND")  # type: ignore[attr-defined]
except AttributeError:  # private names, which another Python may not have
    _environment, _VARIABLE = os.environ, "BYHAND_BACKEND"


def current() -> str:
    """The current backend: that of the innermost :func:`backend`, else ``BYHAND_BACKEND``, else ``"auto"``."""
    return _chosen.get() or _of_environment(_environment.get(_VARIABLE))


def _of_environment(value: str | bytes | None) -> str:
    return _checked(os.fsdecode(value), "BYHAND_BACKEND", "the environment") if value else "auto"


@contextmanager
def backend(name: str) -> Iterator[None]:
    """Compute with ``name`` inside the ``with``, in this thread or task.

    Args:
        name: ``"auto"``, the default, uses the fastest kernel that can do the work, or else the formula;
            ``"formula"`` uses torch's tensor operations one by one; the name of an engine, ``"numba"`` or ``"torch"``,
            uses its kernels, or raises.

    Raises:
        ValueError: no backend has this name.

    >>> from byhand import losses
    >>> import torch
    >>> with backend("formula"):
    ...     losses.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))
    tensor(1.3863)
    """
    token = _chosen.set(_checked(name, "name", "backend"))
    try:
        yield
    finally:
        _chosen.reset(token)


def pick(name: str, *tensors: Tensor) -> Callable[..., Any] | None:
    """The kernel of formula ``name`` for these tensors, or None: compute with torch.

    A kernel that belongs to none of the seven formulas is named with its folder: ``"losses.binary_cross_entropy"``.

    Raises:
        RuntimeError: an engine was chosen by name and can't compute this; the message says why.
    """
    chosen = current()
    if chosen == "formula":
        return None
    reason_for_torch = why_torch_only()
    for engine in ENGINES if chosen == "auto" else (chosen,):
        # No module is loaded under a transform or a mode: tensors that it creates at import would stay wrapped.
        module = reason_for_torch or _load(engine, name)
        reason = module if isinstance(module, str) else module.refuses(*tensors)
        if not reason:
            return getattr(module, name.rpartition(".")[2])  # type: ignore[no-any-return]
        if chosen != "auto":
            raise RuntimeError(f"Backend {chosen!r} has no kernel for this `{name}`: {reason}.")
    return None


def replaces_torch(name: str, *tensors: Tensor) -> bool:
    """Whether a kernel takes these tensors that does not itself consist of torch's operations."""
    kernel = pick(name, *tensors)
    return kernel is not None and not kernel.__module__.startswith(f"{__name__}.torch.")


def tensor_table() -> Callable[..., Any] | None:
    """The class with which an engine checks many tensors in one call; None if no engine has one.

    It is called with the gradients, their parameters, the states of the parameters, and the names of the tensors in
    those states. Its ``refresh(grads)`` returns the addresses of all tensors, or None if any but the gradients changed.
    """
    for engine in ENGINES:
        module = _load(engine, "optimizers.tensors")
        if not isinstance(module, str) and module.works():
            return module.TensorTable  # type: ignore[no-any-return]
    return None


def why_torch_only() -> str:
    """Why torch's own operations must run, so that no kernel may replace them; or ``""``."""
    try:
        if _C._functorch.peek_interpreter_stack() is not None:
            return "transforms of torch.func need torch's own operations"
        if forward_ad._current_level >= 0:
            return "forward-mode differentiation needs torch's own operations"
        if _C._len_torch_dispatch_stack() or _C._is_tracing():
            return "tracing and dispatch modes need torch's own operations"
    except AttributeError as missing:  # private names, which another version of torch may not have
        return f"this version of torch does not say whether a transform or a mode is active ({missing})"
    return ""


def forked() -> bool:
    """Whether this process was forked after byhand was imported: torch's threads then exist in the parent only."""
    return _forked


def _fork() -> None:
    global _forked
    _forked = True


_forked = False
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fork)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector, which would traverse all objects of torch's modules again and again.

    Without the pause, the import of an engine takes half as long again, and compiling takes a tenth longer.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _checked(name: str, argument: str, of: str) -> str:
    if name not in BACKENDS:
        raise must_be(argument, of, f"one of {', '.join(map(repr, BACKENDS))}", repr(name), ValueError)
    return name


@cache
def _load(engine: str, name: str) -> ModuleType | str:
    """The module of a kernel, or the reason why there is none."""
    folder = f"{__name__}.{engine}"
    if not find_spec(folder):
        return f"this version of byhand has no {engine} engine"
    if not find_spec(f"{folder}.{name}"):
        return f"the {engine} engine computes other formulas"
    try:
        with gc_paused():
            return importlib.import_module(f"{folder}.{name}")
    except Exception as error:  # byhand works without an engine that can't be imported
        return f"{engine} does not load ({type(error).__name__}: {error})"
