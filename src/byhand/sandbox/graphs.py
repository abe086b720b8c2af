"""Stands in for the backend of old Keras and for Theano, whose optimizers describe their updates once, as a graph.

A :class:`Symbol` is a number that is computed when the graph runs; ``update`` returns the symbol of a variable with its
new value. One run computes all new values from the old ones, and then assigns them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from byhand.sandbox.values import Box

EPSILON = 1e-7


class Symbol:
    """A function of other symbols and of numbers."""

    __array_ufunc__ = None
    """NumPy leaves operations with arrays to this class."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function, self.args = function, args

    def now(self, known: dict[int, Any]) -> Any:
        """Its present value; ``known`` keeps those of other symbols."""
        if id(self) not in known:
            known[id(self)] = self.function(*(_now(arg, known) for arg in self.args))
        return known[id(self)]

    def __neg__(self) -> Symbol:
        return Symbol(operator.neg, self)

    def __getitem__(self, key: Any) -> Symbol:
        return Symbol(operator.getitem, self, key)

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value yet")


def _now(value: Any, known: dict[int, Any]) -> Any:
    return value.now(known) if isinstance(value, Symbol) else value


def _operators() -> None:
    """Give symbols the operators of numbers, on either side."""

    def left(apply: Callable[[Any, Any], Any]) -> Callable[[Symbol, Any], Symbol]:
        return lambda self, other: Symbol(apply, self, other)

    def right(apply: Callable[[Any, Any], Any]) -> Callable[[Symbol, Any], Symbol]:
        return lambda self, other: Symbol(apply, other, self)

    for name in ("add", "sub", "mul", "truediv", "pow", "mod", "floordiv"):
        setattr(Symbol, f"__{name}__", left(getattr(operator, name)))
        setattr(Symbol, f"__r{name}__", right(getattr(operator, name)))
    for name in ("lt", "le", "gt", "ge"):
        setattr(Symbol, f"__{name}__", left(getattr(operator, name)))


_operators()


class Variable(Symbol, Box):
    """A symbol with a value that is kept between runs, and, for a parameter, a gradient."""

    def __init__(self, data: Any) -> None:
        Box.__init__(self, data)
        self.constraint = self.broadcastable = None
        self.args: tuple[Any, ...] = ()

    def now(self, known: dict[int, Any]) -> Any:
        """Its value."""
        return self.data

    @property
    def gradient(self) -> Symbol:
        """The gradient that it will have when the graph runs."""
        return Symbol(lambda: self.grad)

    def get_value(self, *_: Any, **__: Any) -> Any:
        """Its numbers."""
        return self.data

    def set_value(self, value: Any, *_: Any, **__: Any) -> None:
        """Give it other numbers."""
        self.data = value

    def run(self, updates: Any) -> None:
        """Run a graph once: a list of updates, or a dict."""
        known: dict[int, Any] = {}
        updates = updates.items() if isinstance(updates, dict) else updates
        pairs = [update for update in updates if isinstance(update, tuple | Update)]
        new = [(of, _now(value, known)) for of, value in (tuple(pair) for pair in pairs)]
        for of, value in new:
            of.data = value


class Update:
    """A variable and the symbol of its new value."""

    def __init__(self, of: Variable, value: Any) -> None:
        self.of, self.value = of, value

    def __iter__(self) -> Any:
        return iter((self.of, self.value))


class _Scope:
    """``with name_scope(…)``, which changes nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _lifted(name: str) -> Callable[..., Any]:
    """A function of NumPy that also takes symbols."""

    def applied(*args: Any, **kwargs: Any) -> Any:
        found = getattr(import_module("numpy"), name)
        return Symbol(lambda *given: found(*given, **kwargs), *args)

    return applied


def _shape(x: Any) -> tuple[int, ...]:
    return tuple(getattr(x, "shape", ()))


def _filled(value: float) -> Callable[..., Variable]:
    return lambda shape=(), dtype=None, name=None: Variable(import_module("numpy").full(tuple(shape), value))


def _like(value: float) -> Callable[..., Variable]:
    return lambda x, dtype=None, name=None: _filled(value)(_shape(x))


def gradients(loss: Any, variables: Any) -> Any:
    """The gradients of a loss, which are those that the variables have at each run."""
    return variables.gradient if isinstance(variables, Variable) else [variable.gradient for variable in variables]


def theano(name: str) -> Any:
    """The stand-in for ``theano``, or for ``theano.tensor``."""
    found, tensor, config = ModuleType("theano"), ModuleType("theano.tensor"), ModuleType("theano.config")
    vars(tensor).update(vars(backend()))
    vars(tensor).update(grad=lambda cost, wrt, *_, **__: gradients(cost, wrt), sqr=_lifted("square"))
    vars(tensor).update(zeros_like=_lifted("zeros_like"), ones_like=_lifted("ones_like"), cast=lambda x, dtype=None: x)
    vars(config).update(floatX="float64")
    vars(found).update(tensor=tensor, config=config, grad=vars(tensor)["grad"])
    vars(found).update(shared=lambda value, *_, **__: Variable(import_module("numpy").asarray(value, "float64")))
    return tensor if name.endswith("tensor") else found


def backend() -> Any:
    """The stand-in for ``keras.backend``."""
    found = ModuleType("keras.backend")
    names: dict[str, Any] = {name: _lifted(name) for name in ("sqrt", "square", "abs", "exp", "log", "sign", "maximum")}
    names |= {name: _lifted(name) for name in ("minimum", "clip", "sum", "mean", "max", "min", "round")}
    names |= {
        "pow": lambda x, a: Symbol(operator.pow, x, a),
        "variable": lambda value, dtype=None, name=None, constraint=None: Variable(value),
        "constant": lambda value, *_, **__: value,
        "zeros": _filled(0.0),
        "ones": _filled(1.0),
        "zeros_like": _like(0.0),
        "ones_like": _like(1.0),
        "update": Update,
        "update_add": lambda x, by: Update(x, x + by),
        "update_sub": lambda x, by: Update(x, x - by),
        "moving_average_update": lambda x, value, momentum: Update(x, x * momentum + value * (1.0 - momentum)),
        "switch": lambda test, one, other: Symbol(lambda t, a, b: a if t else b, test, one, other),
        "cast": lambda x, dtype=None: x,
        "cast_to_floatx": lambda x: x,
        "identity": lambda x: x,
        "stop_gradient": lambda x: x,
        "dtype": lambda x: "float64",
        "floatx": lambda: "float64",
        "epsilon": lambda: EPSILON,
        "int_shape": _shape,
        "get_variable_shape": _shape,
        "shape": _shape,
        "ndim": lambda x: len(_shape(x)),
        "get_value": lambda x: getattr(x, "data", x),
        "set_value": lambda x, value: setattr(x, "data", value),
        "eval": lambda x: _now(x, {}),
        "is_tensor": lambda x: isinstance(x, Symbol),
        "name_scope": lambda *_, **__: _Scope(),
        "gradients": gradients,
        "backend": lambda: "tensorflow",
    }
    vars(found).update(names)
    return found
