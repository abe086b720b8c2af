"""Stand-ins for names that can't be imported here, with which many programs work.

A stand-in is a base class that keeps its arguments, a decorator that changes nothing, or, for a few modules, an
installed module with the same functions. The judge decides which names get a stand-in.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from importlib import import_module
from types import ModuleType
from typing import Any

from byhand.sandbox import graphs, jax_on_numpy

ALIKE = {
    **dict.fromkeys(("autograd.numpy", "cupy", "jax.numpy", "mindspore.numpy", "minpy.numpy"), "numpy"),
    **dict.fromkeys(("mxnet.numpy", "mxnet.np", "tensorflow.experimental.numpy"), "numpy"),
    **dict.fromkeys(("keras.backend", "tensorflow.keras.backend", "tensorflow.python.keras.backend"), "keras"),
    **dict.fromkeys(("theano", "theano.tensor"), "theano"),
    **dict.fromkeys(("jax", "jax.nn", "jax.lax", "jax.random", "jax.tree", "jax.tree_util"), "jax"),
    **dict.fromkeys(("jax.scipy", "jax.scipy.special"), "jax"),
}
"""Modules that may be missing, and what has the same names: an installed module, or one of the stand-ins here."""
USUAL = {
    "np": "numpy",
    "xp": "numpy",
    "numpy": "numpy",
    "math": "math",
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "plt": "matplotlib.pyplot",
}
"""The usual names of modules, for programs whose imports are missing."""
ARRAYS = ("np", "xp", "numpy")
"""Names under which a program's own module may give it NumPy: ``from backend import xp``."""
_ALIASES = (
    ("params", "parameters", "weights", "variables", "model_params", "param_list"),
    ("lr", "learning_rate", "alpha", "eta", "step_size"),
)
"""Names under which a base class may keep the parameters, and the learning rate."""
_COUNTERS = ("t", "iterations", "iteration", "step_count", "num_steps", "timestep")


class _Names(type):
    """Lets a stand-in serve as a module too."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return stand_in("", name)


class StandIn(metaclass=_Names):
    """A base class, a decorator with or without arguments, or a module of these."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """An object, for a subclass; for this class itself, what a decorator returns."""
        if cls is not StandIn:
            return object.__new__(cls)
        decorates = len(args) == 1 and callable(args[0])  # with keywords too, as of ``partial(jit, static_argnums=0)``
        return args[0] if decorates else lambda function: function

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        params: Any = next((arg for arg in args if not isinstance(arg, int | float | str)), None)
        if hasattr(params, "__next__"):
            params = list(params)
        lr = next((arg for arg in args if isinstance(arg, int | float)), None)
        defaults = next((arg for arg in args[1:] if isinstance(arg, dict)), {})  # as torch.optim.Optimizer takes them
        given = {"params": params, "lr": lr, **defaults, **kwargs}
        self.param_groups = [{name: value for name, value in given.items() if value is not None}]

    def __getattr__(self, name: str) -> Any:
        """An argument that was kept under another name, or an initial value."""
        kept = vars(self)
        given = {**(kept.get("param_groups") or [{}])[0], **kept}
        same = next((names for names in _ALIASES if name in names), (name,))
        found = [given[other] for other in (name, *same) if other in given]
        if found:
            return found[0]
        if name in ("state", "states", "cache"):
            return kept.setdefault(name, defaultdict(dict))
        if name in _COUNTERS:
            return kept.setdefault(name, 0)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call ``forward``, ``update`` or ``step``, as base classes of losses, layers and optimizers do."""
        found = next((getattr(type(self), name, None) for name in ("forward", "update", "step")), None)
        if found is None:
            raise TypeError(f"{type(self).__name__!r} object is not callable")
        return found(self, *args, **kwargs)

    def zero_grad(self) -> None:
        """Clear the gradients."""
        for parameter in getattr(self, "params", ()):
            if hasattr(parameter, "grad"):
                parameter.grad = None

    def get_gradients(self, loss: Any, params: Any) -> Any:
        """The gradients of parameters of old Keras."""
        return graphs.gradients(loss, params)

    def get_config(self) -> dict[str, Any]:
        """No configuration."""
        return {}

    def save_hyperparameters(self, *_: Any, **__: Any) -> None:
        """Keep the arguments of the ``__init__`` that calls this, as d2l does."""
        _keep(self, sys._getframe(1).f_locals)


def stand_in(module: str, name: str) -> Any:
    """The stand-in for ``name`` of a missing module; for the module itself if ``name`` is empty."""
    if (whole := f"{module}.{name}") in ALIKE:
        module, name = whole, ""
    if module in ALIKE:
        there = _alike(module)
        return getattr(there, name) if name else there
    usual = USUAL[name] if module and name in ARRAYS else ""
    if usual or (module in USUAL.values() and not name):
        try:
            return import_module(usual or module)
        except ImportError:
            return StandIn
    given = {"prange": range, "store_attr": _store_attr, "get_array_module": _array_module}
    return given.get(name, StandIn)


def _alike(module: str) -> Any:
    """The module in place of one that is missing."""
    match ALIKE[module]:
        case "jax":
            return jax_on_numpy.module(module)
        case "keras":
            return graphs.backend()
        case "theano":
            return graphs.theano(module)
        case installed:
            return _with_array_module(import_module(installed))


def _array_module(*_: Any) -> Any:
    """NumPy, which is the module of all arrays here."""
    return import_module("numpy")


def _with_array_module(module: Any) -> Any:
    """A module with the functions by which programs for GPUs tell and convert arrays."""
    there = ModuleType(module.__name__)
    there.__dict__.update(vars(module), get_array_module=_array_module, asnumpy=module.asarray)
    return there


def _store_attr(*_: Any, **__: Any) -> None:
    """Keep the arguments of the calling ``__init__``, as fastcore does."""
    given = sys._getframe(1).f_locals
    _keep(given["self"], given)


def _keep(holder: Any, given: dict[str, Any]) -> None:
    vars(holder).update({name: value for name, value in given.items() if name not in ("self", "__class__")})
