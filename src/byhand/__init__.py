"""The basics of deep learning, written by hand: losses, optimizers and metrics, and a check of your own versions."""

import byhand._path  # noqa: F401

# isort: split
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from byhand import evaluate, formulas, losses, metrics, optim
    from byhand.judge.live import check
    from byhand.kernels import backend

__version__ = "0.1.0"

__all__ = ["__version__", "backend", "check", "evaluate", "formulas", "losses", "metrics", "optim"]


def __getattr__(name: str) -> Any:
    """Import a submodule at its first use, so that ``byhand --help`` does not wait for torch."""
    if name == "backend":
        return import_module("byhand.kernels").backend
    if name == "check":
        return import_module("byhand.judge.live").check
    if name in __all__:
        return import_module(f"byhand.{name}")
    raise AttributeError(f"module 'byhand' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
