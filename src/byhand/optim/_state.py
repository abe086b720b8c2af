"""The state of an optimizer between steps, and how it is loaded."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import torch
from torch import Tensor

from byhand._check import must_be
from byhand.optim._arguments import check_state_dict
from byhand.optim._tensors import local, moment_dtype

State: TypeAlias = dict[str, Tensor]
Group: TypeAlias = dict[str, Any]


class Stateful(torch.optim.Optimizer):
    """The part of an optimizer that keeps the state. A subclass names the tensors of the state (:meth:`_moments`)."""

    def _moments(self, group: Group) -> tuple[str, ...]:
        """The names of the tensors kept for each parameter; they have its shape and start at 0."""
        raise NotImplementedError

    def _counts(self, group: Group) -> bool:
        """Whether the state counts the steps, in ``step``."""
        return True

    def _zero_moment(self, p: Tensor, dtype: torch.dtype) -> Tensor:
        """A moment before the first step."""
        return torch.zeros_like(p, dtype=dtype, memory_format=torch.preserve_format)

    def _state_of(self, p: Tensor, group: Group) -> tuple[State, bool]:
        """The state of a parameter, as local tensors, and whether it was made just now."""
        names = list(self._moments(group))
        if not names and not self._counts(group):
            return {}, False  # no state, as in torch
        state: dict[str, Any] = self.state[p]  # the user may have put anything there; it is checked below
        dtype = moment_dtype(p, group)
        new = [name for name in names if state.get(name) is None]
        for name in new:
            state[name] = self._zero_moment(p, dtype)
        for name in names:
            moment = state[name]
            if not isinstance(moment, Tensor):
                raise must_be(f"state['{name}']", type(self).__name__, "a Tensor", type(moment).__name__, TypeError)
            if moment.dtype is not dtype and moment.is_floating_point() and dtype.is_floating_point:
                state[name] = moment.to(dtype)  # put there by hand, or before an option was changed
        if self._counts(group):
            names.append("step")
            state["step"] = self._step_of(state, p, group)
        return {name: local(state[name]) for name in names}, bool(new)

    def _step_of(self, state: dict[str, Any], p: Tensor, group: Group) -> Tensor:
        """The number of steps so far, as a float32 tensor of one element; the user may have set another type."""
        step: Any = state.get("step")
        on_device = group.get("capturable") or group.get("fused")  # as in torch: nothing waits for the host
        if step is None:
            return torch.zeros((), dtype=torch.float32, device=p.device if on_device else "cpu")
        if not isinstance(step, Tensor):
            step = torch.tensor(float(step), dtype=torch.float32, device="cpu")
        if step.numel() != 1:
            got = f"shape {tuple(step.shape)}"
            raise must_be("state['step']", type(self).__name__, "a number or a tensor of 1 element", got, ValueError)
        if on_device and step.device != p.device:
            step = step.to(p.device, torch.float32)
        elif step.dtype is not torch.float32 or step.device.type not in ("cpu", p.device.type):
            step = step.to("cpu", torch.float32)
        return cast(Tensor, step)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load the state of this class or of the class with the same name in ``torch.optim``.

        As in torch, except that the moments of float16 and bfloat16 parameters stay or become float32. Torch casts them
        to the parameter's dtype, in which the second moment can no longer decay.

        Raises:
            KeyError: ``"state"`` or ``"param_groups"`` is missing, or ``"params"`` in a group.
            ValueError: the number of groups, or of parameters in a group, differs.
            RuntimeError: a moment does not have its parameter's shape (torch fails at the next step).
        """
        # torch casts between the pre-hooks and the post-hooks. Ours is the last pre-hook and the first post-hook, so
        # that the user's hooks see the result.
        loaded: list[dict[str, Any]] = []

        def remember(_: torch.optim.Optimizer, final: dict[str, Any]) -> None:
            check_state_dict(f"{type(self).__name__}.load_state_dict", final, self.param_groups, self._names)
            loaded.append(final)

        def restore(_: torch.optim.Optimizer) -> None:
            saved = [i for group in loaded[0]["param_groups"] for i in group["params"]]
            of = {p: group for group in self.param_groups for p in group["params"]}
            for i, p in zip(saved, of, strict=True):
                for name, value in loaded[0]["state"].get(i, {}).items():
                    if isinstance(value, Tensor) and name != "step" and value.is_floating_point():
                        self.state[p][name] = value.to(p.device, moment_dtype(p, of[p]))

        hooks = (
            self.register_load_state_dict_pre_hook(remember),
            self.register_load_state_dict_post_hook(restore, prepend=True),
        )
        try:
            super().load_state_dict(state_dict)
        finally:
            for hook in hooks:
                hook.remove()

    def _names(self, group: Group) -> tuple[str, ...]:
        """The moments of a saved group; options that did not exist yet when it was saved have their defaults."""
        return self._moments({**self.defaults, **group})

    def __setstate__(self, state: dict[str, Any]) -> None:
        torch.optim.Optimizer.__setstate__(self, state)
        for group in self.param_groups:
            for name, value in self.defaults.items():  # an option that did not exist when it was saved is off
                off = None if name in ("foreach", "fused") else False if isinstance(value, bool) else value
                group.setdefault(name, off)
            for p in group["params"]:
                step = self.state.get(p, {}).get("step")
                if step is not None and not isinstance(step, Tensor):
                    self.state[p]["step"] = torch.tensor(float(step), dtype=torch.float32)
        self._seed()

    def _seed(self) -> None:
        """Give each group with rounded moments a seed for the random bits; ``state_dict`` contains it."""
        for i, group in enumerate(self.param_groups):
            if group.get("moments") is not None:
                group.setdefault("seed", i)
