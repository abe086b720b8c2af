"""The base class of the optimizers. The arithmetic of each formula is in the file of its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import is_
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast, overload

import torch
from torch import Tensor
from torch.autograd import profiler
from torch.optim.optimizer import ParamsT
from torch.optim.optimizer import _global_optimizer_post_hooks as _global_post_hooks
from torch.optim.optimizer import _global_optimizer_pre_hooks as _global_pre_hooks

from byhand import kernels
from byhand._check import must_be
from byhand.kernels._address import check_allocated
from byhand.optim._arguments import check_group, check_numbers, checked_params
from byhand.optim._plan import Addresses, Plan, Plans
from byhand.optim._rounding import key_of, random_bits, rounded
from byhand.optim._state import Group, State, Stateful
from byhand.optim._tensors import laid_like, local, placed_like, reads_strides, state_dtype, unscale_

try:
    from torch.autograd import _profiler_enabled  # type: ignore[attr-defined]
except ImportError:  # a private name, which another version of torch may not have: its own wrapper is called then

    def _profiler_enabled() -> bool:
        return True


P = ParamSpec("P")
R = TypeVar("R")

Row: TypeAlias = tuple[Tensor, Tensor, State, bool, int]
"""A parameter, its gradient, its state, whether the state is new, and the parameter's index in the group."""

Kernel: TypeAlias = Callable[..., Any]


class Optimizer(Stateful):
    """A ``torch.optim.Optimizer``, for hooks, schedulers, GradScaler, DDP, FSDP2 and checkpoints.

    A subclass defines the state of a parameter (:meth:`_moments`), the update of one tensor (:meth:`_move`) and the
    formula of a group (:meth:`_formula`). This class does the rest:

    - Gradients are checked before any tensor is updated, so a step that raises in a check has changed nothing.
    - Parameters in float16 and bfloat16 have moments in float32; they are updated in float32 and rounded once. Moments
      in bfloat16, if a group asks for them, are rounded stochastically.
    - Complex parameters are updated as pairs of real ones, a DTensor by its local shard.
    - With ``fused=True`` the step applies GradScaler's ``grad_scale`` and ``found_inf`` as tensors on the device; the
      host waits for neither.
    - A kernel updates all tensors of a group that it takes in one call, and a :class:`Plan` makes the next step with
      the same tensors cheap. Autograd sees them as changed in place. Tensors that no kernel takes are updated by
      torch's operations, one after another.
    """

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self._plans = Plans()
        if defaults["moments"] is None:  # groups without byhand's own option have the same keys as torch's
            del defaults["moments"]
        # A subclass also inherits from torch's class of the same name, for `isinstance`; its constructor is not called.
        torch.optim.Optimizer.__init__(
            self, checked_params(params, type(self).__name__, defaults["differentiable"]), defaults
        )
        self._set_scaling()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters, with options of their own.

        Raises:
            KeyError: there is no key ``"params"``.
            TypeError: the group is not a dict, or a parameter is not a Tensor.
            ValueError: a parameter is not a leaf or already in a group, or only some parameters have names.
        """
        of = f"{type(self).__name__}.add_param_group"
        check_group("param_group", param_group, of, self.defaults["differentiable"], self.param_groups)
        super().add_param_group(param_group)
        self._seed()

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], Any]) -> Any: ...
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Args:
            closure: computes the loss again, with its gradients, and returns it.

        Returns:
            The result of ``closure``, or None.

        Raises:
            RuntimeError: a gradient is sparse and the formula needs a dense one, or a CUDA graph is captured without
                ``capturable=True``.
            TypeError: a hyperparameter of a group is not a number.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        plans = self._valid_plans()
        waiting = [(i, group) for i, group in enumerate(self.param_groups) if plans[i] is None]
        if waiting:
            with torch.set_grad_enabled(self.defaults["differentiable"]):
                self._step_without_plan(waiting)
        for i, group in enumerate(self.param_groups):
            if (found := plans[i]) is not None:
                plan, (table, moved) = found
                plan.again(table, group, moved)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients to None, or, with ``set_to_none=False``, to 0."""
        if not set_to_none or profiled():
            super().zero_grad(set_to_none)
            return
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    @staticmethod
    def profile_hook_step(func: Callable[P, R]) -> Callable[P, R]:
        """Wrap a step for profilers and hooks, as torch does when it makes an optimizer.

        Torch's wrapper takes as long as a small step; without a profiler or a hook it is not called.
        """
        wrapped = torch.optim.Optimizer.profile_hook_step(func)

        @wraps(func)
        def step(*args: P.args, **kwargs: P.kwargs) -> R:
            plain = len(args) == 1 and not kwargs and not watched(cast(Optimizer, args[0]))
            return (func if plain else wrapped)(*args, **kwargs)

        return step

    def _set_scaling(self) -> None:
        """With ``fused=True`` tell GradScaler to leave the division by the scale, and skipped steps, to this step."""
        if self.defaults["fused"]:
            self._step_supports_amp_scaling = True

    def _step_without_plan(self, waiting: list[tuple[int, Group]]) -> None:
        """Check all groups that have no valid plan, then update them."""
        moving = [(i, group, [p for p in group["params"] if p.grad is not None]) for i, group in waiting]
        for i, group, params in moving:
            if not torch.compiler.is_compiling():
                check_numbers(f"{type(self).__name__}.step", i, group)
            for p in params:
                self._check(p, group)
                if not torch.compiler.is_compiling():
                    self._check_memory(p)
        for i, group, params in moving:
            if params:
                self._step_group(i, group, params)
        self._plans.remember(self.param_groups, self.state)

    def _valid_plans(self) -> list[tuple[Plan, Addresses] | None]:
        """The valid plan of each group with its addresses; None for groups without one."""
        groups = self.param_groups
        if not self._plans.of or torch.compiler.is_compiling() or kernels.why_torch_only():
            return [None] * len(groups)
        scaled = getattr(self, "grad_scale", None) is not None or getattr(self, "found_inf", None) is not None
        if scaled or not self._plans.valid_for(groups, self.state):
            self._plans.of.clear()
        return [self._plans.find(i, self._key(group)) for i, group in enumerate(groups)]

    def _key(self, group: Group) -> tuple[object, ...]:
        """What a plan depends on besides the tensors. It has the types of the options, since checks depend on them."""
        betas = group.get("betas")
        types = map(type, (*group.values(), *(betas if isinstance(betas, tuple | list) else ())))
        return self._formula(group), self._moments(group), group["differentiable"], kernels.current(), *types

    def _formula(self, group: Group) -> str:
        """The name of the formula that this group follows, and of its kernel."""
        raise NotImplementedError

    def _move(self, theta: Tensor, grad: Tensor, state: State, fresh: bool, group: Group) -> None:
        """One step of one tensor and its state, in place. ``step`` includes it; ``fresh`` marks the first step."""
        raise NotImplementedError

    def _check(self, p: Tensor, group: Group) -> None:
        """Refuse a gradient that the formula can't use."""
        if p.grad is not None and p.grad.layout != torch.strided:
            raise must_be("grad", type(self).__name__, "dense", f"layout {p.grad.layout}", RuntimeError)
        if p.is_cuda and not group["capturable"] and torch.cuda.is_current_stream_capturing():
            raise must_be("capturable", type(self).__name__, "True while a CUDA graph is captured", False, RuntimeError)

    def _check_memory(self, p: Tensor) -> None:
        of = type(self).__name__
        for argument, x in {"params": p, "grad": p.grad, **self.state.get(p, {})}.items():
            if isinstance(x, Tensor):
                check_allocated(of, argument, x)

    def _step_group(self, i: int, group: Group, params: list[Tensor]) -> None:
        scale, found_inf = getattr(self, "grad_scale", None), getattr(self, "found_inf", None)
        grads = [local(placed_like(cast(Tensor, p.grad), p)) for p in params]
        if scale is not None:  # in place, as in torch: after the step .grad is unscaled
            unscale_(grads, scale)
        states = [self._state_of(p, group) for p in params]
        numbers = [number for number, p in enumerate(group["params"]) if p.grad is not None]
        rows = [
            (local(p), g, state, new, number)
            for p, g, (state, new), number in zip(params, grads, states, numbers, strict=True)
        ]
        chosen = self._choose(group, rows)
        for row in chosen.pop(None, []):
            self._step_tensor(row, group, found_inf)
        if chosen:
            self._step_by_kernels(i, group, params, chosen, found_inf)

    def _choose(self, group: Group, rows: list[Row]) -> dict[Kernel | None, list[Row]]:
        """The rows by the kernel that takes them; None stands for torch's operations, one tensor after the other."""
        if group["differentiable"] or torch.compiler.is_compiling():
            return {None: rows}
        chosen: dict[Kernel | None, list[Row]] = {}
        names, formula, free = self._names_in_state(group), self._formula(group), kernels.current() == "auto"
        for row in rows:
            p, g, state, fresh, number = row
            kernel, laid, kept = None, g, [state[name] for name in names]
            if free and p.is_cpu and g.layout is torch.strided and reads_strides(formula, p):
                kernel = kernels.pick(formula, p, g, *kept)
            if kernel is None:
                laid = laid_like(p, g)
                kernel = kernels.pick(formula, p, laid, *kept)
            chosen.setdefault(kernel, []).append(row if kernel is None else (p, laid, state, fresh, number))
        return chosen

    def _step_by_kernels(
        self,
        i: int,
        group: Group,
        params: list[Tensor],
        chosen: dict[Kernel | None, list[Row]],
        found_inf: Tensor | None,
    ) -> None:
        kept, names = [self.state.get(p, {}) for p in params], self._names_in_state(group)
        written = [*params, *(state[name] for state in kept for name in names)]
        for kernel, rows in chosen.items():
            theta, grads, states, fresh, numbers = (list(column) for column in zip(*rows, strict=True))
            again = cast(Kernel, kernel)(theta, grads, states, fresh, group, found_inf, numbers)
            written += [*theta, *(state[name] for _, _, state, *_ in rows for name in names)]
            given = len(rows) == len(params) and all(map(is_, theta, params))
            plain = given and all(g is p.grad for g, p in zip(grads, params, strict=True))
            if again is not None and plain and found_inf is None:
                self._plans.add(i, Plan(self._key(group), group, params, kept, names, again))
        torch.autograd.graph.increment_version(written)

    def _names_in_state(self, group: Group) -> tuple[str, ...]:
        return (*self._moments(group), *(("step",) if self._counts(group) else ()))

    def _step_tensor(self, row: Row, group: Group, found_inf: Tensor | None) -> None:
        p, grad, state, fresh, number = row
        copies = found_inf is not None or group["differentiable"]  # the old values are needed afterwards
        if p.is_complex() and not grad.is_sparse:
            p, grad = torch.view_as_real(p), torch.view_as_real(grad.resolve_conj())
            state = {name: torch.view_as_real(x) if x.is_complex() else x for name, x in state.items()}
        dtype = state_dtype(p)
        grad = grad.to(dtype)
        theta = (p.clone() if copies else p).to(dtype)
        stochastic = [name for name in self._moments(group) if state[name].dtype is torch.bfloat16]
        after = {name: x.clone() if copies else x for name, x in state.items()}
        after.update({name: state[name].to(dtype) for name in stochastic})
        if "step" in after:
            after["step"] += 1
        self._move(theta, -grad if group["maximize"] else grad, after, fresh, group)
        if stochastic:
            bits = random_bits(key_of(group.get("seed", 0), number, int(after["step"])), p)
            after.update({name: rounded(after[name], bits >> 16 * (i % 2)) for i, name in enumerate(stochastic)})
        for old, new in [(p, theta), *((x, after[name]) for name, x in state.items())]:
            if found_inf is not None:
                old.copy_(torch.where(found_inf.to(old.device) != 0, old, new.to(old.dtype)))
            elif old is not new:
                old.copy_(new)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._plans = Plans()
        self._set_scaling()


def watched(self: Optimizer) -> bool:
    """Whether a profiler or a hook needs torch's wrapper of the step."""
    hooks = self._optimizer_step_pre_hooks or self._optimizer_step_post_hooks or _global_pre_hooks or _global_post_hooks
    return bool(hooks) or profiled()


def profiled() -> bool:
    """Whether a profiler, of this thread or of all threads, or a compiler is active."""
    return getattr(profiler, "_is_profiler_enabled", True) or _profiler_enabled() or torch.compiler.is_compiling()
