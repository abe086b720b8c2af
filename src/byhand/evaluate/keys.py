"""Scores as keys: unsigned 64-bit integers that sort as the scores do, with one key for −0 and 0."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be

TOP = 1 << 63


class Kind(NamedTuple):
    """A way to store scores: all scores of a log have the same."""

    name: str
    bits: int
    infinite: int
    """The bits of ∞; 0 for integers."""

    @property
    def sign(self) -> int:
        """The sign bit of floating point, as a signed integer of 64 bits; 0 for integers."""
        return -(1 << self.bits - 1) if self.infinite else 0

    @property
    def first(self) -> int:
        """The lowest key."""
        return TOP - (1 << self.bits - 1)

    @property
    def last(self) -> int:
        """The highest key."""
        return TOP + (1 << self.bits - 1) - 1


KINDS = {
    kind.name: kind
    for kind in (
        Kind("float16", 16, 0x7C00),
        Kind("bfloat16", 16, 0x7F80),
        Kind("float32", 32, 0x7F800000),
        Kind("float64", 64, 0x7FF0000000000000),
        Kind("int16", 16, 0),
        Kind("int32", 32, 0),
        Kind("int64", 64, 0),
        Kind("uint64", 64, 0),
    )
}
STORED = {16: np.int16, 32: np.int32, 64: np.int64}
WIDENED = {"bool": "int16", "int8": "int16", "uint8": "int16", "uint16": "int32", "uint32": "int64"}


def kind_of(scores: NDArray[Any]) -> Kind:
    """How these scores are stored.

    Raises:
        ValueError: they are not numbers, or of a kind that is not ranked here.
    """
    name = WIDENED.get(scores.dtype.name, scores.dtype.name)
    if name not in KINDS:
        raise must_be("scores", "update", "floats or integers of at most 64 bits", f"dtype {scores.dtype}", ValueError)
    return KINDS[name]


class _Alias:
    """What NumPy needs to make an array of the memory of another, without its read-only flag."""

    def __init__(self, x: NDArray[Any]) -> None:
        self.__array_interface__ = x.__array_interface__ | {"data": (x.__array_interface__["data"][0], False)}
        self.owner = x


def for_kernel(x: NDArray[Any]) -> NDArray[Any]:
    """The same memory without the read-only flag, for which kernels would be compiled once more; none writes to it."""
    return x if x.flags.writeable else np.asarray(_Alias(x))


def stored(scores: NDArray[Any], kind: Kind) -> NDArray[Any]:
    """The scores as signed integers, contiguous, with the bits of the scores: shared memory where possible."""
    if kind.name == "uint64":
        return np.ascontiguousarray(scores ^ np.uint64(TOP)).view(np.int64)
    if kind.infinite:
        scores = np.ascontiguousarray(scores, scores.dtype.newbyteorder("="))
        return for_kernel(scores.view(STORED[kind.bits]))
    return for_kernel(np.ascontiguousarray(scores, STORED[kind.bits]))


def scores_of(keys: NDArray[np.uint64], kind: Kind) -> NDArray[Any]:
    """The scores of keys: integers for integer kinds, else floats; bfloat16 as float32."""
    if kind.name == "uint64":
        return keys
    signed = (keys ^ np.uint64(TOP)).view(np.int64)
    if not kind.infinite:
        return signed.astype(STORED[kind.bits])
    bits = np.where(signed < 0, kind.sign - signed, signed)
    if kind.name == "bfloat16":
        return (bits.astype(np.int32) << 16).view(np.float32)
    return bits.astype(STORED[kind.bits]).view(kind.name)
