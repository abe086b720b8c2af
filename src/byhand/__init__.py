"""The basics of deep learning, written by hand. Use ours, or check yours."""

from byhand import formulas, losses, metrics, optim
from byhand.kernels import backend

__version__ = "0.1.0"

__all__ = ["__version__", "backend", "formulas", "losses", "metrics", "optim"]
