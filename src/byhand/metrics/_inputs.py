"""Reads numbers from lists, NumPy, pandas, polars, and torch on any device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand._shapes import Float, Shaped
from byhand.kernels._address import check_allocated

EXACT = 2.0**53  # integers up to here are exact in float64


def read(x: Any, argument: str, of: str) -> Tensor | NDArray[Any]:
    """A tensor if torch has the dtype of ``x``, else an array; one or two dimensions, not empty, not complex.

    A tensor stays on its device. Memory is shared if torch can share it.

    Raises:
        ValueError: ``x`` is something else.
    """
    if isinstance(x, Tensor):
        check_allocated(of, argument, x)
    values = x.detach() if isinstance(x, Tensor) else _tensor(_array(x, argument, of))
    if not 1 <= values.ndim <= 2 or 0 in values.shape:
        raise must_be(
            argument, of, "of one or two dimensions and not empty", f"shape {tuple(values.shape)}", ValueError
        )
    if isinstance(values, Tensor) and values.is_complex():
        raise must_be(argument, of, "real", values.dtype, ValueError)
    if isinstance(values, Tensor) and values.is_floating_point() and values.itemsize == 1:
        return values.float()  # torch does not sort eight-bit floats
    return values


def sortable(values: Tensor | NDArray[Any], argument: str, of: str) -> Shaped[Tensor, "n *k"]:
    """A tensor with the order of ``values``: different values stay different, and none is nan.

    Raises:
        ValueError: a value is nan or not a number.
        TypeError: a value is an object that Python cannot convert to float.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "uf" and not np.isnan(values).any():
        keys = torch.from_numpy(np.unique(values, return_inverse=True)[1])  # long double: float64 would lose bits
        return keys.reshape(values.shape)
    if isinstance(values, np.ndarray) and _are_numbers(values):
        return _ranks(values, argument, of)
    keys = values if isinstance(values, Tensor) else floats(values, argument, of)
    if keys.is_floating_point() and keys.isnan().any():
        raise must_be(argument, of, "free of nan", f"{int(keys.isnan().sum())} nan", ValueError)
    return keys


def floats(values: Tensor | NDArray[Any], argument: str, of: str) -> Float[Tensor, "n *k"]:
    """``values`` in float64; raises like :func:`sortable`, but accepts nan."""
    if isinstance(values, np.ndarray):
        if values.dtype.kind not in "fO":
            raise must_be(argument, of, "numbers", f"dtype {values.dtype}", ValueError)
        try:
            values = torch.from_numpy(values.astype(np.float64))
        except (TypeError, ValueError, OverflowError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise must_be(argument, of, "numbers", f"objects ({error})", kind) from None
    return values.double()


def column(values: Shaped[Tensor, "n *k"], argument: str, of: str) -> Shaped[Tensor, "n"]:
    """``values`` as one column; their shape must be (n,) or (n, 1)."""
    if values.shape[1:] not in ((), (1,)):
        raise must_be(argument, of, "of shape (n,) or (n, 1)", f"shape {tuple(values.shape)}", ValueError)
    return values.reshape(-1)


def numbers(x: Any, argument: str, of: str) -> Float[Tensor, "n"]:
    """One column of numbers in float64; nan is allowed."""
    return column(floats(read(x, argument, of), argument, of), argument, of)


def weights(x: Any, of: str) -> Float[Tensor, "n"]:
    """``sample_weight`` in float64: finite, not all 0; negative weights are accepted, as in scikit-learn.

    Very large or small weights are multiplied by a power of 2. This is exact, changes no ratio, and keeps products of
    sums finite.
    """
    weight = numbers(x, "sample_weight", of)
    largest = max(-weight.min().item(), weight.max().item())  # nan if a weight is nan
    if not math.isfinite(largest):
        raise must_be("sample_weight", of, "finite", f"{weight[~weight.isfinite()][0]}", ValueError)
    if largest == 0 and not weight.any():
        raise must_be("sample_weight", of, "nonzero somewhere", "zeros only", ValueError)
    _, exponent = math.frexp(largest)
    return weight if abs(exponent) < 99 else weight * 2.0 ** min(-exponent, 1000)


def same_length(of: str, first: str, n: int, **others: Any) -> None:
    """Raise a ValueError for the first of ``others`` that does not have the ``n`` rows of argument ``first``."""
    for argument, other in others.items():
        if other is not None and len(other) != n:
            raise must_be(argument, of, f"as long as `{first}`, {n}", len(other), ValueError)


def one_of(
    of: str,
    argument: str,
    value: object,
    allowed: tuple[str | None, ...],
    when: str = "",
    error: type[Exception] = ValueError,
) -> None:
    """Raise ``error`` if ``value`` is not one of ``allowed``; ``when`` completes the message."""
    if value not in allowed:
        raise must_be(argument, of, f"one of {', '.join(map(repr, allowed))}{when}", repr(value), error)


def _array(x: Any, argument: str, of: str) -> NDArray[Any]:
    if isinstance(x, str | bytes) or not (hasattr(x, "__array__") or isinstance(x, Sequence)):
        raise must_be(argument, of, "an array, a tensor or a sequence", f"{type(x).__name__}", ValueError)
    try:
        values = _own_array(x)
    except (TypeError, ValueError) as error:
        raise must_be(argument, of, "rows of one length", f"{type(x).__name__} ({error})", ValueError) from None
    listed = argument == "y_score" and isinstance(x, list | tuple) and values.dtype == np.float64
    if listed and np.nanmax(np.abs(values), initial=0) >= EXACT:  # an integer may have been rounded
        return np.array(x, dtype=object)
    return values


def _own_array(x: Any) -> NDArray[Any]:
    """The array that ``x`` converts itself to; a frame converts each column."""
    if hasattr(x, "iloc") and x.ndim == 2 and x.shape[1]:
        return np.stack([_own_array(x.iloc[:, i]) for i in range(x.shape[1])], axis=1)
    if hasattr(x, "to_numpy"):  # only this keeps pandas' nullable numbers numeric
        try:
            return np.asarray(x.to_numpy())
        except ValueError:  # Arrow, if a copy is needed
            pass
    return np.asarray(x)


def _are_numbers(values: NDArray[Any]) -> bool:
    return values.dtype.kind == "O" and all(isinstance(x, Real | Decimal) and x == x for x in values.flat)


def _ranks(values: NDArray[Any], argument: str, of: str) -> Shaped[Tensor, "n *k"]:
    """Ranks of numeric objects by their own order: as floats, large ones could become equal."""
    try:
        return torch.from_numpy(np.unique(values, return_inverse=True)[1]).reshape(values.shape)
    except TypeError:  # types that cannot be compared
        return floats(values, argument, of)


def _tensor(values: NDArray[Any]) -> Tensor | NDArray[Any]:
    if values.dtype.kind not in "biufc":
        return values
    try:  # torch needs native byte order and no negative strides, and warns of read-only memory
        return torch.from_numpy(np.require(values, values.dtype.newbyteorder("="), ["C", "W"]))
    except TypeError:
        return values
