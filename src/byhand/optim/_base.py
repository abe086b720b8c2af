"""What every optimizer shares: the books. The arithmetic is in the files that bear a formula's name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias, cast, overload

import torch
from torch import Tensor

from byhand import kernels
from byhand._check import must_be

Number: TypeAlias = float | Tensor
"""A hyperparameter: a number, or a tensor of one element, which stays on its device."""

State: TypeAlias = dict[str, Tensor]
Group: TypeAlias = dict[str, Any]


class Optimizer(torch.optim.Optimizer):
    """A ``torch.optim.Optimizer``: hooks, schedulers, GradScaler, DDP, FSDP2 and checkpoints find what they know.

    A subclass says what state a parameter has (:meth:`_moments`), how one tensor moves (:meth:`_move`) and which
    formula a group follows (:meth:`_formula`). The books are kept here:

    - Gradients are checked before any tensor moves; a step that raises here has changed nothing.
    - Parameters in float16 and bfloat16 have their moments in float32 and move in float32, rounded once at the end.
    - Complex parameters are pairs of real ones. A DTensor moves by its local shard.
    - GradScaler's scale and verdict are applied as tensors, on the device; the host waits for neither.
    """

    _step_supports_amp_scaling = True  # torch's word for the last of these
    _counts_steps = True

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], Any]) -> Any: ...
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient.

        Args:
            closure: computes the loss again, gradients included, and returns it.

        Returns:
            What ``closure`` returned, or None.

        Raises:
            RuntimeError: a gradient is sparse where the formula needs it dense, or a CUDA graph is being captured
                without ``capturable=True``.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.set_grad_enabled(self.defaults["differentiable"]):
            work = [(group, [p for p in group["params"] if p.grad is not None]) for group in self.param_groups]
            for group, params in work:
                for p in params:
                    self._check(p, group)
            for group, params in work:
                if params:
                    self._step_group(group, params)
        return loss

    def _formula(self, group: Group) -> str:
        """The name of the formula that this group follows, and of its kernel."""
        raise NotImplementedError

    def _moments(self, group: Group) -> tuple[str, ...]:
        """The names of the tensors kept for each parameter, all of its shape and 0 at first."""
        raise NotImplementedError

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        """One step of one tensor and its state, in place; ``step`` counts this one already, ``fresh`` is the first."""
        raise NotImplementedError

    def _check(self, p: Tensor, group: Group) -> None:
        """Refuse what the formula has no meaning for."""
        if p.grad is not None and p.grad.layout != torch.strided:
            raise must_be("grad", type(self).__name__, "dense", f"layout {p.grad.layout}", RuntimeError)
        if p.is_cuda and not group["capturable"] and torch.cuda.is_current_stream_capturing():
            raise must_be("capturable", type(self).__name__, "True while a CUDA graph is captured", False, RuntimeError)

    def _step_group(self, group: Group, params: list[Tensor]) -> None:
        scale, found_inf = getattr(self, "grad_scale", None), getattr(self, "found_inf", None)
        grads = [_local(_placed_like(cast(Tensor, p.grad), p)) for p in params]
        if scale is not None:  # in place, as torch does: who looks at .grad after the step sees it unscaled
            for g in grads:
                g.mul_(scale.double().reciprocal().to(g.device, g.dtype))
        books = [self._books(p, group) for p in params]
        states = [state for state, _ in books]
        fresh = [new for _, new in books]
        params = [_local(p) for p in params]
        kernel = None if group["differentiable"] else kernels.pick(self._formula(group), *params)
        if kernel is not None:
            kernel(params, grads, states, fresh, group, found_inf)
            return
        for p, g, state, new in zip(params, grads, states, fresh, strict=True):
            self._step_tensor(p, g, state, new, group, found_inf)

    def _books(self, p: Tensor, group: Group) -> tuple[State, bool]:
        """The state of a parameter, as local tensors, and whether it was made just now."""
        state = self.state[p]
        names = list(self._moments(group))
        new = [name for name in names if state.get(name) is None]
        if self._counts_steps:
            names.append("step")
            if "step" not in state:
                state["step"] = torch.zeros((), dtype=torch.float32, device=p.device if group["capturable"] else "cpu")
        for name in new:
            state[name] = torch.zeros_like(p, dtype=state_dtype(p), memory_format=torch.preserve_format)
        return {name: _local(state[name]) for name in names}, bool(new)

    def _step_tensor(
        self, p: Tensor, grad: Tensor, state: State, fresh: bool, group: Group, found_inf: Tensor | None
    ) -> None:
        copies = found_inf is not None or group["differentiable"]  # the old values are wanted once more
        if p.is_complex() and not grad.is_sparse:
            p, grad = torch.view_as_real(p), torch.view_as_real(grad)
            state = {name: torch.view_as_real(x) if x.is_complex() else x for name, x in state.items()}
        dtype = state_dtype(p)
        grad = grad.to(dtype)
        theta = (p.clone() if copies else p).to(dtype)
        after = {name: x.clone() if copies else x for name, x in state.items()}
        if "step" in after:
            after["step"] += 1
        self._move(theta, -grad if group["maximize"] else grad, after, fresh, group)
        for old, new in [(p, theta), *((x, after[name]) for name, x in state.items())]:
            if found_inf is not None:
                old.copy_(torch.where(found_inf.to(old.device) != 0, old, new.to(old.dtype)))
            elif old is not new:
                old.copy_(new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the state of this class or of its namesake in ``torch.optim``.

        As torch does, but the moments of float16 and bfloat16 parameters stay (or become) float32; torch casts them
        to the parameter's dtype, where the second moment can no longer decay.
        """
        # torch casts between its pre- and its post-hooks: ours go last and first, so that users' own see the result.
        loaded: list[dict[str, Any]] = []

        def remember(_: torch.optim.Optimizer, final: dict[str, Any]) -> None:
            loaded.append(final)

        def restore(_: torch.optim.Optimizer) -> None:
            saved = [i for group in loaded[0]["param_groups"] for i in group["params"]]
            params = [p for group in self.param_groups for p in group["params"]]
            for i, p in zip(saved, params, strict=True):
                for name, value in loaded[0]["state"].get(i, {}).items():
                    if isinstance(value, Tensor) and name != "step" and value.is_floating_point():
                        self.state[p][name] = value.to(p.device, state_dtype(p))

        hooks = (
            self.register_load_state_dict_pre_hook(remember),
            self.register_load_state_dict_post_hook(restore, prepend=True),
        )
        try:
            super().load_state_dict(state_dict)
        finally:
            for hook in hooks:
                hook.remove()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)  # saved before the option was there
            for p in group["params"]:
                step = self.state.get(p, {}).get("step")
                if step is not None and not isinstance(step, Tensor):
                    self.state[p]["step"] = torch.tensor(float(step), dtype=torch.float32)


def check_lr(lr: Number, of: str) -> None:
    """Refuse a learning rate below 0 or of several elements."""
    check_scalar("lr", lr, of)
    if not lr >= 0.0:
        raise must_be("lr", of, "at least 0", lr, ValueError)


def check_scalar(argument: str, value: Number, of: str) -> None:
    """Refuse a tensor of several elements."""
    if isinstance(value, Tensor) and value.numel() != 1:
        raise must_be(argument, of, "a number or a tensor of 1 element", f"shape {tuple(value.shape)}", ValueError)


def check_at_least_0(argument: str, value: Number, of: str) -> None:
    """Refuse a negative number, and nan."""
    if not value >= 0.0:
        raise must_be(argument, of, "at least 0", value, ValueError)


def check_flags(of: str, foreach: bool | None, fused: bool | None, differentiable: bool) -> None:
    """Refuse the combinations that torch refuses; alone, ``foreach`` and ``fused`` change nothing here."""
    if fused and differentiable:
        raise must_be("fused", of, "False where `differentiable` is True", fused, RuntimeError)
    if fused and foreach:
        raise must_be("fused", of, "False where `foreach` is True", fused, RuntimeError)


def scalar(x: Number, like: Tensor) -> Number:
    """A hyperparameter for arithmetic with ``like``: a number as it is, a tensor without dimensions on its device.

    A tensor on the host that needs no gradient becomes a number: reading it costs nothing, and numbers are exact.
    """
    if not isinstance(x, Tensor):
        return x
    if x.device.type == "cpu" and not x.requires_grad and not torch.compiler.is_compiling():
        return x.item()
    return x.reshape(()).to(like.device, non_blocking=True)


def lerp_(mean: Tensor, x: Tensor, weight: Number) -> Tensor:
    """Mean + weight · (x − mean), in place."""
    return mean.lerp_(x, weight.to(mean.dtype) if isinstance(weight, Tensor) else weight)


def add_(x: Tensor, y: Tensor, scale: Number) -> Tensor:
    """X + scale · y, in place."""
    return x.add_(y * scale) if isinstance(scale, Tensor) else x.add_(y, alpha=scale)


def state_dtype(p: Tensor) -> torch.dtype:
    """Of a parameter's state and of its arithmetic: its own, but float32 for the 16-bit ones."""
    return torch.float32 if p.dtype in (torch.float16, torch.bfloat16) else p.dtype


def _local(x: Tensor) -> Tensor:
    """The shard of a DTensor that lives here, sharing its memory; any other tensor as it is."""
    distributed = sys.modules.get("torch.distributed.tensor")  # without it there is no DTensor to be met
    return x.to_local() if distributed is not None and isinstance(x, distributed.DTensor) else x


def _placed_like(grad: Tensor, p: Tensor) -> Tensor:
    """A DTensor gradient, sharded as its parameter is."""
    placements = getattr(p, "placements", None)
    if placements is None or getattr(grad, "placements", placements) == placements:
        return grad
    return grad.redistribute(placements=placements)  # type: ignore[attr-defined,no-any-return]
