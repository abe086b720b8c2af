"""Reads true labels: numbers, bools or strings, a column of classes or a matrix of labels."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand._shapes import Bool, Shaped
from byhand.metrics._inputs import read


@dataclass(frozen=True)
class Target:
    """The classes in ascending order, and the class index of each entry of ``y_true``, (n,) or (n, labels)."""

    classes: list[Any]
    codes: Tensor

    def equals(self, label: object) -> Bool[Tensor, "n *labels"]:
        """A mask of the entries equal to ``label``; all False if it is not a class."""
        return self.codes == (self.classes.index(label) if label in self.classes else -1)


def read_target(y: Any, of: str, device: torch.device, argument: str = "y_true") -> Target:
    """Read the labels ``y``, which are ``argument`` of function ``of``; their codes are on ``device``.

    Raises:
        ValueError: empty, missing, not integers, or a matrix with values other than 0 (or −1) and 1.
        TypeError: bytes, or strings mixed with something else.
    """
    values = read(y, argument, of)
    flat = values.reshape(-1)
    classes, codes = _numbers(flat, argument, of) if isinstance(flat, Tensor) else _names(flat, argument, of)
    codes = codes.reshape(-1 if values.shape[1:] == (1,) else values.shape).to(device)
    if codes.ndim == 2 and not _plain(classes):
        raise must_be(argument, of, "one column, or a matrix of 0 and 1", f"a matrix of {some(classes)}", ValueError)
    return Target(classes, codes)


def positive_label(target: Target, pos_label: Any, of: str) -> Any:
    """``pos_label`` if it is given, else 1 if the labels imply it."""
    if not (pos_label is None or isinstance(pos_label, Real | str | np.bool_)):
        raise must_be("pos_label", of, "a number, a string or None", repr(pos_label), ValueError)
    if target.codes.ndim == 2:
        raise must_be("y_true", of, "one column", f"shape {tuple(target.codes.shape)}", ValueError)
    if pos_label is None and not _plain(target.classes):
        requirement = "0 and 1, or −1 and 1, unless `pos_label` is given"
        raise must_be("y_true", of, requirement, some(target.classes), ValueError)
    return 1 if pos_label is None else pos_label


def some(classes: list[Any]) -> str:
    """The first few classes, for a message."""
    return ", ".join(map(repr, classes[:5])) + (", …" if len(classes) > 5 else "")


def _plain(classes: list[Any]) -> bool:
    """Whether the classes imply that 1 is the positive one."""
    return set(classes) <= {0, 1} or set(classes) <= {-1, 1}


def _numbers(values: Shaped[Tensor, "n"], argument: str, of: str) -> tuple[list[Any], Shaped[Tensor, "n"]]:
    if values.dtype in (torch.uint16, torch.uint32, torch.uint64):  # torch cannot sort them
        names, indices = np.unique(values.cpu().numpy(), return_inverse=True)
        classes, codes = names.tolist(), torch.from_numpy(indices)
    elif classes := _two(values):
        codes = (values != classes[0]).to(torch.int8)
    else:
        found, codes = torch.unique(values, return_inverse=True)
        classes = found.tolist()
    for label in classes:
        if not float(label).is_integer():
            raise must_be(argument, of, "classes: whole numbers, bools or strings", label, ValueError)
    return classes, codes


def _two(values: Shaped[Tensor, "n"]) -> list[Any]:
    """The one or two classes without sorting, the common case; else an empty list."""
    low, high = values.min(), values.max()
    two = low == high or ((values != low) == (values == high)).all()
    return sorted({low.item(), high.item()}) if two else []


def _names(values: NDArray[Any], argument: str, of: str) -> tuple[list[Any], Shaped[Tensor, "n"]]:
    names = values.tolist()
    if isinstance(names[0], bytes):
        raise must_be(argument, of, "whole numbers, bools or strings", "bytes", TypeError)
    if values.dtype.kind not in "UTMm" and not isinstance(names[0], str):
        raise must_be(argument, of, "whole numbers, bools or strings", f"dtype {values.dtype}", ValueError)
    try:
        classes = sorted(set(names))
    except TypeError:
        raise must_be(argument, of, "all strings or all numbers", "a mixture", TypeError) from None
    index = {name: k for k, name in enumerate(classes)}
    return classes, torch.tensor([index[name] for name in names])
