"""The message of every error about an argument: "`x` of `f` must be …, got …"."""

from __future__ import annotations

from typing import TypeVar

E = TypeVar("E", bound=Exception)


def must_be(argument: str, of: str, requirement: str, got: object, error: type[E]) -> E:
    """The exception to raise: ``raise must_be("lr", "Adam", "at least 0", -1.0, ValueError)``.

    >>> print(must_be("lr", "Adam", "at least 0", -1.0, ValueError))
    `lr` of `Adam` must be at least 0, got -1.0.
    """
    return error(f"`{argument}` of `{of}` must be {requirement}, got {got}.")
