"""Checks of the constructors' arguments, and how hyperparameters that are tensors are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from byhand._check import must_be

Number: TypeAlias = float | Tensor
"""A hyperparameter: a number, or a tensor with one element, which stays on its device."""


def check_number(argument: str, value: object, of: str) -> None:
    """Refuse a value that is neither a number nor a tensor; a NumPy array without dimensions is a number."""
    if not isinstance(value, Real | Tensor) and not (isinstance(value, np.ndarray) and value.shape == ()):
        raise must_be(argument, of, "a number or a tensor", repr(value), TypeError)
    if isinstance(value, Tensor) and value.is_complex():
        raise must_be(argument, of, "real", value.dtype, NotImplementedError)
    if isinstance(value, Tensor) and value.is_meta:
        raise must_be(argument, of, "a tensor that has a value", "one on the meta device", RuntimeError)


def check_numbers(of: str, i: int, group: dict[str, Any]) -> None:
    """Check the hyperparameters of a group at a step: the user may have changed them since they were checked."""
    for name in ("lr", "momentum", "dampening", "weight_decay", "eps"):
        if name in group:
            check_number(f"param_groups[{i}]['{name}']", group[name], of)
    if "betas" in group:
        argument = f"param_groups[{i}]['betas']"
        for j, beta in enumerate(checked_pair(argument, group["betas"], of)):
            check_number(f"{argument}[{j}]", beta, of)


def check_scalar(argument: str, value: Number, of: str) -> None:
    """Refuse a tensor that does not have exactly one element."""
    check_number(argument, value, of)
    if isinstance(value, Tensor) and value.numel() != 1:
        raise must_be(argument, of, "a number or a tensor of 1 element", f"shape {tuple(value.shape)}", ValueError)


def check_at_least_0(argument: str, value: Number, of: str) -> None:
    """Refuse a negative number, and nan."""
    check_scalar(argument, value, of)
    if not value >= 0.0:
        raise must_be(argument, of, "at least 0", value, ValueError)


def checked_pair(argument: str, pair: Any, of: str) -> tuple[Any, Any]:
    """The two elements of a sequence; refuses anything else."""
    try:
        listed = [pair[i] for i in range(len(pair))]
    except (TypeError, KeyError):  # no length, or no order
        raise must_be(argument, of, "a sequence of 2", repr(pair), TypeError) from None
    if len(listed) != 2:
        raise must_be(argument, of, "a sequence of 2", repr(pair), IndexError if len(listed) < 2 else ValueError)
    return listed[0], listed[1]


def check_flags(of: str, foreach: bool | None, fused: bool | None, differentiable: bool) -> None:
    """Refuse the combinations that torch refuses; other values of ``foreach`` and ``fused`` have no effect here."""
    if fused and differentiable:
        raise must_be("fused", of, "False where `differentiable` is True", fused, RuntimeError)
    if fused and foreach:
        raise must_be("fused", of, "False where `foreach` is True", fused, RuntimeError)


def scalar(x: Number, like: Tensor) -> Number:
    """A hyperparameter for arithmetic with ``like``: a number, or a tensor without dimensions on the same device.

    A CPU tensor that requires no gradient becomes a number: reading it is cheap, and numbers keep float64 precision.
    """
    if not isinstance(x, Tensor):
        return x
    if x.device.type == "cpu" and not x.requires_grad and not torch.compiler.is_compiling():
        return x.item()
    return x.reshape(()).to(like.device, non_blocking=True)


def check_moments(of: str, moments: str | None) -> None:
    """Refuse an unknown dtype of the moments."""
    if moments not in (None, "bfloat16"):
        raise must_be("moments", of, "None or 'bfloat16'", repr(moments), ValueError)


def checked_params(params: Any, of: str, differentiable: bool) -> list[Any]:
    """The constructor's ``params`` as a list: of tensors, of pairs of a name and a tensor, or of groups.

    It refuses what torch refuses, and checks all groups before the first is added.
    """
    listed = _listed("params", params, of, "Tensors or dicts")
    if not listed:
        raise must_be("params", of, "at least one Tensor or dict", f"an empty {type(params).__name__}", ValueError)
    if not isinstance(listed[0], dict):
        _check_members("params", listed, of, differentiable)
        return listed
    for i, group in enumerate(listed):
        check_group(f"params[{i}]", group, of, differentiable, listed[:i])
    return listed


def check_group(argument: str, group: Any, of: str, differentiable: bool, earlier: list[dict[str, Any]]) -> None:
    """Refuse a group that can't be added to the ``earlier`` ones; its options are not checked.

    Its parameters are replaced by a list, since an iterator can be read only once.
    """
    if not isinstance(group, dict):
        raise must_be(argument, of, "a dict", type(group).__name__, TypeError)
    if "params" not in group:
        raise must_be(argument, of, "a dict with the key 'params'", f"the keys {list(group)}", KeyError)
    params, argument = group["params"], f"{argument}['params']"
    if isinstance(params, set):
        raise must_be(argument, of, "in an order, as a list is", "a set", TypeError)
    members = group["params"] = [params] if isinstance(params, Tensor) else _listed(argument, params, of, "Tensors")
    _check_members(argument, members, of, differentiable)
    if earlier and _named(group) != _named(earlier[0]):
        names = ("without names", "with names") if _named(group) else ("with names", "without names")
        raise must_be(argument, of, f"{names[0]}, as the other groups are", names[1], ValueError)
    taken = {id(_tensor(member)) for other in earlier for member in other["params"]}
    for p in map(_tensor, members):
        if id(p) in taken:
            raise must_be(argument, of, "in no other group", f"one of shape {tuple(p.shape)} that is", ValueError)


def check_state_dict(
    of: str,
    state_dict: dict[str, Any],
    groups: list[dict[str, Any]],
    moments: Callable[[dict[str, Any]], tuple[str, ...]],
) -> None:
    """Refuse a state dict that does not fit ``groups``; ``moments`` gives the names of a saved group's moments."""
    for key in ("state", "param_groups"):
        if key not in state_dict:
            raise must_be("state_dict", of, f"a dict with the key {key!r}", f"the keys {list(state_dict)}", KeyError)
    saved = state_dict["param_groups"]
    if len(saved) != len(groups):
        raise must_be("state_dict", of, f"of {len(groups)} parameter groups", f"{len(saved)}", ValueError)
    for i, (group, present) in enumerate(zip(saved, groups, strict=True)):
        argument, params = f"state_dict['param_groups'][{i}]", present["params"]
        if "params" not in group:
            raise must_be(argument, of, "a dict with the key 'params'", f"the keys {list(group)}", KeyError)
        if len(group["params"]) != len(params):
            got = f"a parameter group of {len(group['params'])}"
            raise must_be(argument, of, f"of {len(params)} parameters", got, ValueError)
        for key, p in zip(group["params"], params, strict=True):
            for name in moments(group):
                moment = state_dict["state"].get(key, {}).get(name)
                if isinstance(moment, Tensor) and moment.shape != p.shape:
                    argument = f"state_dict['state'][{key!r}][{name!r}]"
                    shapes = f"of shape {tuple(p.shape)}, as its parameter", f"shape {tuple(moment.shape)}"
                    raise must_be(argument, of, *shapes, RuntimeError)


def _listed(argument: str, params: Any, of: str, what: str) -> list[Any]:
    iterable = hasattr(params, "__iter__") or hasattr(params, "__getitem__")
    listed = list(params) if iterable and not isinstance(params, Tensor) else None
    iterates_over_others = isinstance(params, str | Mapping | nn.Module)  # characters, keys, layers
    if listed is None or (iterates_over_others and not all(isinstance(x, Tensor) for x in listed)):
        required = f"an iterable of {what}, as `model.parameters()` is"
        raise must_be(argument, of, required, type(params).__name__, TypeError)
    return listed


def _check_members(argument: str, members: list[Any], of: str, differentiable: bool) -> None:
    """Refuse members that are not tensors, not leaves unless the step is differentiable, or partly without names."""
    for i, member in enumerate(members):
        p = _tensor(member)
        if not isinstance(p, Tensor):
            error = IndexError if isinstance(p, tuple) else TypeError
            raise must_be(f"{argument}[{i}]", of, "a Tensor, or a name and a Tensor", type(p).__name__, error)
        if not (differentiable or p.is_leaf or p.retains_grad):
            computed = f"a result of {type(p.grad_fn).__name__}"
            raise must_be(f"{argument}[{i}]", of, "a leaf, such as an `nn.Parameter`", computed, ValueError)
    if len({isinstance(member, tuple) for member in members}) > 1:
        raise must_be(argument, of, "all with names or all without", "some with names", ValueError)


def _tensor(member: Any) -> Any:
    return member[1] if isinstance(member, tuple) and len(member) > 1 else member


def _named(group: dict[str, Any]) -> bool:
    """Whether its parameters have names; torch moves the names to ``param_names``."""
    return "param_names" in group or any(isinstance(member, tuple) for member in group["params"][:1])
