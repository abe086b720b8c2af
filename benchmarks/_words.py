"""Formats numbers with units and three digits."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A duration, such as 47.1 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{_three(seconds / size)} {unit}"
    return f"{_three(seconds / 1e-9)} ns"


def size(count: float) -> str:
    """A number of bytes, such as 412 MB; 1 MB is 10⁶ bytes."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{_three(count / scale)} {unit}"
    return f"{count:.0f} B"


def times(ratio: float) -> str:
    """A ratio, such as 12.3×."""
    return f"{_three(ratio)}×"


def _three(x: float) -> str:
    return f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"
