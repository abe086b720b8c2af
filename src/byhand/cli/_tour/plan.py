"""What a tour trains, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

DATA = ("digits", "breast cancer")


class Recipe(NamedTuple):
    """An optimizer by its name in ``byhand.optim`` and ``torch.optim``, which take the same options."""

    name: str
    optimizer: str
    options: dict[str, float]

    @property
    def call(self) -> str:
        """The call as Python code."""
        return f"{self.optimizer}({', '.join(f'{name}={value:g}' for name, value in self.options.items())})"


RECIPES = (
    Recipe("SGD", "SGD", {"lr": 0.05}),
    Recipe("momentum", "SGD", {"lr": 0.01, "momentum": 0.9}),
    Recipe("Adam", "Adam", {"lr": 1e-3}),
    Recipe("AdamW", "AdamW", {"lr": 1e-3, "weight_decay": 0.1}),
)
STUDENT = Recipe("student", "Adam", {"lr": 1e-3})
TEACHER = "AdamW"
"""The recipe of the teacher network: the student learns from the one that byhand trained."""
RUNS = len(DATA) * (len(RECIPES) + 1)


@dataclass(frozen=True)
class Plan:
    """How much to train, the same for all runs."""

    seed: int
    epochs: int
    batch: int = 32
    hidden: tuple[int, ...] = (128, 128)
    student: tuple[int, ...] = (16,)
    temperature: float = 4.0
