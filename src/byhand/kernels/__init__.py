"""Which engine computes. The public API asks here for a kernel; where there is none, it computes with torch.

An engine is a folder beside this file, a kernel a file in it that bears its formula's name and defines

- a function of that name, which takes what the public API's own computation takes and means the same; a loss takes that
  computation itself before the rest, to fall back on for gradients of gradients;
- ``refuses(*tensors) -> str``: why it can't take these tensors, or ``""``.

Nothing of an engine is imported before a kernel of it is wanted.
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

import torch
from torch import Tensor

from byhand._check import must_be

ENGINES = ("triton", "numba")
"""Folders of kernels, the preferred first; which exist depends on the version of byhand."""

BACKENDS = ("auto", "formula", *ENGINES)

_chosen: ContextVar[str | None] = ContextVar("byhand_backend", default=None)


def current() -> str:
    """The backend in force: that of the innermost :func:`backend`, else ``BYHAND_BACKEND``, else ``"auto"``."""
    return _chosen.get() or _known(os.environ.get("BYHAND_BACKEND") or "auto", "BYHAND_BACKEND", "the environment")


@contextmanager
def backend(name: str) -> Iterator[None]:
    """Compute with ``name`` inside the ``with``, in this thread or task.

    Args:
        name: ``"auto"``, the default, takes the fastest kernel that can do the work and else the formula;
            ``"formula"`` takes torch's own tensor operations; the name of an engine takes its kernels or raises.

    Raises:
        ValueError: there is no such backend.

    >>> from byhand import losses
    >>> import torch
    >>> with backend("formula"):
    ...     losses.cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))
    tensor(1.3863)
    """
    token = _chosen.set(_known(name, "name", "backend"))
    try:
        yield
    finally:
        _chosen.reset(token)


def pick(name: str, *tensors: Tensor) -> Callable[..., Any] | None:
    """The kernel of formula ``name`` for these tensors, or None: compute with torch.

    A kernel that is none of the seven formulas' is in a folder below theirs: ``"losses.binary_cross_entropy"``.

    Raises:
        RuntimeError: an engine was asked for by name and can't do it; says why.
    """
    wanted = current()
    if wanted == "formula":
        return None
    why_disturbed = disturbed()
    for engine in ENGINES if wanted == "auto" else (wanted,):
        # Nothing is loaded under a transform or a mode: what a module makes once would be of that kind for ever.
        module = why_disturbed or _load(engine, name)
        reason = module if isinstance(module, str) else module.refuses(*tensors)
        if not reason:
            return getattr(module, name.rpartition(".")[2])  # type: ignore[no-any-return]
        if wanted != "auto":
            raise RuntimeError(f"Backend {wanted!r} has no kernel for this `{name}`: {reason}.")
    return None


def tensor_table() -> Callable[..., Any] | None:
    """How an engine that is there looks at many tensors at once, if it can.

    Called with gradients, their parameters, the parameters' states and the names that matter there, it gives an object
    whose ``table(grads)`` has all their addresses, and is None if anything but the gradients has another by then.
    """
    for engine in ENGINES:
        module = _load(engine, "optimizers.tensors")
        if not isinstance(module, str) and module.works():
            return module.TensorTable  # type: ignore[no-any-return]
    return None


def disturbed() -> str:
    """Who needs to see torch's own operations, so that no kernel may stand in for them; or ``""``."""
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return "transforms of torch.func need torch's own operations"
    if torch.autograd.forward_ad._current_level >= 0:
        return "forward-mode differentiation needs torch's own operations"
    if torch._C._len_torch_dispatch_stack() or torch._C._is_tracing():
        return "who traces or replaces torch's operations needs to see them"
    return ""


def forked() -> bool:
    """Whether this process was forked since byhand is there: what threads torch had may have stayed in the parent."""
    return _forked


def _fork() -> None:
    global _forked
    _forked = True


_forked = False
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_fork)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector, which else walks again and again through all that torch has imported.

    That takes as long as half of what an engine needs to import, and a tenth of what it needs to compile.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _known(name: str, argument: str, of: str) -> str:
    if name not in BACKENDS:
        raise must_be(argument, of, f"one of {', '.join(map(repr, BACKENDS))}", repr(name), ValueError)
    return name


@cache
def _load(engine: str, name: str) -> ModuleType | str:
    """The module of a kernel, or why there is none."""
    folder = f"{__name__}.{engine}"
    if not find_spec(folder):
        return f"this version of byhand has no {engine} engine"
    if not find_spec(f"{folder}.{name}"):
        return f"the {engine} engine computes other formulas"
    try:
        with uncollected():
            return importlib.import_module(f"{folder}.{name}")
    except Exception as error:  # whatever keeps an engine from loading must not keep byhand from working
        return f"{engine} does not load ({type(error).__name__}: {error})"
