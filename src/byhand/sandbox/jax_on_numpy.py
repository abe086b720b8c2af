"""What learners' programs use of JAX, computed by NumPy: ``jax.nn``, ``jax.scipy.special``, trees, transformations.

A function that NumPy cannot stand in for, such as ``jax.grad``, fails as its missing module does.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

IDENTICAL = ("jit", "checkpoint", "remat", "named_call", "custom_vjp", "custom_jvp", "stop_gradient", "device_put")
"""Functions and decorators that change no number."""


def softmax(x: Any, axis: Any = -1, where: Any = None, initial: Any = None) -> Any:
    """``jax.nn.softmax``; masks are not supported."""
    np = import_module("numpy")
    raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return raised / np.sum(raised, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = -1, where: Any = None, initial: Any = None) -> Any:
    """``jax.nn.log_softmax``; masks are not supported."""
    return x - logsumexp(x, axis=axis, keepdims=True)


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """``jax.scipy.special.logsumexp``, which ``jax.nn`` has too."""
    np = import_module("numpy")
    largest = np.max(a, axis=axis, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    total = np.sum(np.exp(a - largest) * (1.0 if b is None else b), axis=axis, keepdims=True)
    found = np.log(total) + largest
    return found if keepdims else np.squeeze(found, axis=axis)


def one_hot(x: Any, num_classes: int, *, dtype: Any = float, axis: int = -1) -> Any:
    """``jax.nn.one_hot``: a class outside the range has a row of zeros."""
    np = import_module("numpy")
    rows = (np.asarray(x)[..., None] == np.arange(num_classes)).astype(dtype)
    return np.moveaxis(rows, -1, axis)


def sigmoid(x: Any) -> Any:
    """``jax.nn.sigmoid``."""
    np = import_module("numpy")
    return np.exp(-np.logaddexp(0.0, -np.asarray(x)))


def log_sigmoid(x: Any) -> Any:
    """``jax.nn.log_sigmoid``."""
    return -softplus(-x)


def softplus(x: Any) -> Any:
    """``jax.nn.softplus``."""
    return import_module("numpy").logaddexp(0.0, x)


def relu(x: Any) -> Any:
    """``jax.nn.relu``."""
    return import_module("numpy").maximum(x, 0.0)


def xlogy(x: Any, y: Any) -> Any:
    """``jax.scipy.special.xlogy``: x · log y, and 0 where x is 0."""
    np = import_module("numpy")
    zero = np.equal(x, 0)
    return np.where(zero, 0.0, x * np.log(np.where(zero, 1.0, y)))


def entr(x: Any) -> Any:
    """``jax.scipy.special.entr``."""
    return -xlogy(x, x)


def tree_map(function: Callable[..., Any], tree: Any, *rest: Any, is_leaf: Any = None) -> Any:
    """``jax.tree_util.tree_map`` for lists, tuples, named tuples and dicts."""
    if tree is None:
        return None
    if is_leaf is not None and is_leaf(tree):
        return function(tree, *rest)
    if isinstance(tree, dict):
        return {key: tree_map(function, tree[key], *(one[key] for one in rest), is_leaf=is_leaf) for key in tree}
    if isinstance(tree, list | tuple):
        parts = [tree_map(function, *parts, is_leaf=is_leaf) for parts in zip(tree, *rest, strict=True)]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return function(tree, *rest)


def tree_leaves(tree: Any) -> list[Any]:
    """``jax.tree_util.tree_leaves``."""
    found: list[Any] = []
    tree_map(found.append, tree)
    return found


def tree_flatten(tree: Any) -> tuple[list[Any], Any]:
    """``jax.tree_util.tree_flatten``: the definition of the tree is the tree itself."""
    return tree_leaves(tree), tree


def tree_unflatten(tree: Any, leaves: Any) -> Any:
    """``jax.tree_util.tree_unflatten``."""
    waiting = iter(leaves)
    return tree_map(lambda _: next(waiting), tree)


def vmap(function: Callable[..., Any], in_axes: Any = 0, out_axes: int = 0) -> Callable[..., Any]:
    """``jax.vmap``: a loop over an axis of the arguments."""
    np = import_module("numpy")

    def over_rows(*args: Any) -> Any:
        axes = in_axes if isinstance(in_axes, list | tuple) else [in_axes] * len(args)
        rows = [
            None if axis is None else np.moveaxis(np.asarray(a), axis, 0) for a, axis in zip(args, axes, strict=True)
        ]
        count = next(len(row) for row in rows if row is not None)
        found = [
            function(*(arg if row is None else row[i] for arg, row in zip(args, rows, strict=True)))
            for i in range(count)
        ]
        if found and isinstance(found[0], tuple):
            return tuple(np.stack(part, axis=out_axes) for part in zip(*found, strict=True))
        return np.stack(found, axis=out_axes)

    return over_rows


def unchanged(value: Any = None, *_: Any, **__: Any) -> Any:
    """The first argument; without one, a decorator that changes nothing."""
    return (lambda function: function) if value is None else value


def _absent(name: str) -> Callable[..., Any]:
    def fails(*_: Any, **__: Any) -> Any:
        raise ModuleNotFoundError(f"No module named 'jax' (jax.{name})")

    return fails


class Module(ModuleType):
    """A module of JAX with these functions; others fail when they are called."""

    def __init__(self, name: str, **names: Any) -> None:
        super().__init__(name)
        vars(self).update(names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return unchanged if name in IDENTICAL else _absent(name)


def module(name: str) -> Any:
    """The stand-in for ``jax`` or one of its modules."""
    numpy = import_module("numpy")
    numbers: dict[str, Any] = {"softmax": softmax, "log_softmax": log_softmax, "sigmoid": sigmoid, "relu": relu}
    numbers |= {"log_sigmoid": log_sigmoid, "softplus": softplus, "one_hot": one_hot, "logsumexp": logsumexp}
    special = Module("jax.scipy.special", logsumexp=logsumexp, xlogy=xlogy, entr=entr, expit=sigmoid)
    vars(special).update(log_softmax=log_softmax, softmax=softmax)
    trees = {"tree_map": tree_map, "tree_leaves": tree_leaves, "tree_flatten": tree_flatten}
    trees["tree_unflatten"] = tree_unflatten
    found = Module(
        "jax",
        numpy=numpy,
        nn=Module("jax.nn", **numbers),
        scipy=Module("jax.scipy", special=special),
        tree_util=Module("jax.tree_util", **trees),
        tree=Module("jax.tree", map=tree_map, leaves=tree_leaves, flatten=tree_flatten, unflatten=tree_unflatten),
        lax=Module("jax.lax", rsqrt=lambda x: 1.0 / numpy.sqrt(x), exp=numpy.exp, log=numpy.log),
        random=Module("jax.random"),
        vmap=vmap,
        **trees,
    )
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found
