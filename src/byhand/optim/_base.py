"""What every optimizer shares: the state. The arithmetic is in the files that bear a formula's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast, overload

import torch
from torch import Tensor
from torch.autograd import _profiler_enabled, profiler  # type: ignore[attr-defined]
from torch.optim.optimizer import ParamsT
from torch.optim.optimizer import _global_optimizer_post_hooks as _global_post_hooks
from torch.optim.optimizer import _global_optimizer_pre_hooks as _global_pre_hooks

from byhand import kernels
from byhand._check import must_be
from byhand.kernels._address import check_allocated, no_address
from byhand.optim._arguments import check_group, check_numbers, checked_params
from byhand.optim._plan import Plan, Plans
from byhand.optim._rounding import chance, key_of, rounded
from byhand.optim._state import Group, State, Stateful
from byhand.optim._tensors import laid_like, local, placed_like, state_dtype

P = ParamSpec("P")
R = TypeVar("R")

Row: TypeAlias = tuple[Tensor, Tensor, State, bool, int]
"""A parameter, its gradient, its state, whether that is fresh, and its number in the group."""


class Optimizer(Stateful):
    """A ``torch.optim.Optimizer``: hooks, schedulers, GradScaler, DDP, FSDP2 and checkpoints find what they know.

    A subclass says what state a parameter has (:meth:`_moments`), how one tensor moves (:meth:`_move`) and which
    formula a group follows (:meth:`_formula`). The state is kept here:

    - Gradients are checked before any tensor moves; a step that raises here has changed nothing.
    - Parameters in float16 and bfloat16 have their moments in float32 and move in float32, rounded once at the end.
      Moments in bfloat16, where a group asks for them, are rounded by chance.
    - Complex parameters are pairs of real ones. A DTensor moves by its local shard.
    - With ``fused=True`` GradScaler's scale and verdict are applied as tensors, on the device; the host waits for
      neither.
    - What a kernel writes counts as changed in place, for autograd too.
    - What a kernel can't take moves by torch's operations, one tensor at a time. What it takes, it takes in one call,
      and a :class:`Plan` makes the next step of the same tensors cheap.
    """

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self._plans = Plans()
        if defaults["moments"] is None:  # who does not ask for what torch lacks has groups like torch's
            del defaults["moments"]
        # A subclass is torch's class of its name too, for who asks what it is; how it is made is said here.
        torch.optim.Optimizer.__init__(
            self, checked_params(params, type(self).__name__, defaults["differentiable"]), defaults
        )
        self._tell_scaler()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters, with options of their own.

        Raises:
            KeyError: there is no key ``"params"``.
            TypeError: the group is no dict, or has what is no Tensor.
            ValueError: a parameter is no leaf, or in another group, or alone has a name or none.
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
        """Move every parameter that has a gradient.

        Args:
            closure: computes the loss again, gradients included, and returns it.

        Returns:
            What ``closure`` returned, or None.

        Raises:
            RuntimeError: a gradient is sparse where the formula needs it dense, or a CUDA graph is being captured
                without ``capturable=True``.
            TypeError: a hyperparameter of a group is no number.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        tables = self._tables()
        waiting = [(i, group) for i, group in enumerate(self.param_groups) if tables[i] is None]
        if waiting:
            with torch.set_grad_enabled(self.defaults["differentiable"]):
                self._step_anew(waiting)
        for i, group in enumerate(self.param_groups):
            if (found := tables[i]) is not None:
                plan, table = found
                plan.again(table, group)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients; or, if they are not to be set to None, make them 0."""
        if not set_to_none or profiled():
            super().zero_grad(set_to_none)
            return
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    @staticmethod
    def profile_hook_step(func: Callable[P, R]) -> Callable[P, R]:
        """Wrap a step, as torch does when an optimizer is made, in what tells profilers and calls hooks.

        That takes as long as a small step; it is left out where nobody is there to be told.
        """
        told = torch.optim.Optimizer.profile_hook_step(func)

        @wraps(func)
        def step(*args: P.args, **kwargs: P.kwargs) -> R:
            plain = len(args) == 1 and not kwargs and not watched(cast(Optimizer, args[0]))
            return (func if plain else told)(*args, **kwargs)

        return step

    def _tell_scaler(self) -> None:
        """GradScaler hands over its tensors to who says so, and others who clip or skip then leave that to the step."""
        if self.defaults["fused"]:
            self._step_supports_amp_scaling = True

    def _step_anew(self, waiting: list[tuple[int, Group]]) -> None:
        """Step groups that have no plan, once nothing is wrong with any of them."""
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
        self._plans.hold_for(self.param_groups, self.state)

    def _tables(self) -> list[tuple[Plan, Any] | None]:
        """The plans of the groups that still hold, and their tables; None for the others."""
        groups = self.param_groups
        if not self._plans.of or torch.compiler.is_compiling() or kernels.why_torch_only():
            return [None] * len(groups)
        scaled = getattr(self, "grad_scale", None) is not None or getattr(self, "found_inf", None) is not None
        if scaled or not self._plans.held_for(groups, self.state):
            self._plans.of.clear()
        return [self._plans.find(i, self._key(group)) for i, group in enumerate(groups)]

    def _key(self, group: Group) -> tuple[object, ...]:
        """What a plan depends on, apart from the tensors: an option of another type has not been looked at."""
        betas = group.get("betas")
        types = map(type, (*group.values(), *(betas if isinstance(betas, tuple | list) else ())))
        return self._formula(group), self._moments(group), group["differentiable"], kernels.current(), *types

    def _formula(self, group: Group) -> str:
        """The name of the formula that this group follows, and of its kernel."""
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

    def _check_memory(self, p: Tensor) -> None:
        of = type(self).__name__
        for argument, x in {"params": p, "grad": p.grad, **self.state.get(p, {})}.items():
            if isinstance(x, Tensor):
                check_allocated(of, argument, x)

    def _step_group(self, i: int, group: Group, params: list[Tensor]) -> None:
        scale, found_inf = getattr(self, "grad_scale", None), getattr(self, "found_inf", None)
        grads = [local(placed_like(cast(Tensor, p.grad), p)) for p in params]
        if scale is not None:  # in place, as torch does: who looks at .grad after the step sees it unscaled
            for g in grads:
                g.mul_(scale.double().reciprocal().to(g.device, g.dtype))
        states = [self._state_of(p, group) for p in params]
        numbers = [number for number, p in enumerate(group["params"]) if p.grad is not None]
        rows = [
            (local(p), g, state, new, number)
            for p, g, (state, new), number in zip(params, grads, states, numbers, strict=True)
        ]
        kernel, taken, rest = self._choose(group, rows)
        for p, g, state, new, number in rest:
            self._step_tensor(p, g, state, new, group, found_inf, number)
        if kernel is None:
            return
        theta, grads, states, fresh, numbers = (list(column) for column in zip(*taken, strict=True))
        again = kernel(theta, grads, states, fresh, group, found_inf, numbers)
        kept = [self.state.get(p, {}) for p in params]
        names = (*self._moments(group), *(("step",) if self._counts(group) else ()))
        written = [*theta, *params, *(state[name] for state in (*states, *kept) for name in names)]
        torch.autograd.graph.increment_version(written)
        plain = not rest and all(p is q and g is q.grad for (p, g, *_), q in zip(taken, params, strict=True))
        if again is not None and plain and found_inf is None:
            self._plans.add(i, Plan(self._key(group), group, params, kept, names, again))

    def _choose(self, group: Group, rows: list[Row]) -> tuple[Callable[..., Any] | None, list[Row], list[Row]]:
        """The kernel, if there is one for any of the rows; the rows that it takes, and the others."""
        kernel: Callable[..., Any] | None = None
        taken: list[Row] = []
        if group["differentiable"] or torch.compiler.is_compiling():
            return kernel, taken, rows
        rest: list[Row] = []
        for row in rows:
            p, g, state, *_ = row
            if (laid := laid_like(p, g)) is not g:
                row = p, laid, *row[2:]
            found = kernels.pick(self._formula(group), p, laid, *(state[name] for name in self._moments(group)))
            if "step" in state and not counted(state["step"]):
                found = None
            kernel = kernel or found
            (rest if found is None else taken).append(row)
        return kernel, taken, rest

    def _step_tensor(
        self, p: Tensor, grad: Tensor, state: State, fresh: bool, group: Group, found_inf: Tensor | None, number: int
    ) -> None:
        copies = found_inf is not None or group["differentiable"]  # the old values are wanted once more
        if p.is_complex() and not grad.is_sparse:
            p, grad = torch.view_as_real(p), torch.view_as_real(grad.resolve_conj())
            state = {name: torch.view_as_real(x) if x.is_complex() else x for name, x in state.items()}
        dtype = state_dtype(p)
        grad = grad.to(dtype)
        theta = (p.clone() if copies else p).to(dtype)
        by_chance = [name for name in self._moments(group) if state[name].dtype is torch.bfloat16]
        after = {name: x.clone() if copies else x for name, x in state.items()}
        after.update({name: state[name].to(dtype) for name in by_chance})
        if "step" in after:
            after["step"] += 1
        self._move(theta, -grad if group["maximize"] else grad, after, fresh, group)
        if by_chance:
            bits = chance(key_of(group.get("seed", 0), number, int(after["step"])), p)
            after.update({name: rounded(after[name], bits >> 16 * (i % 2)) for i, name in enumerate(by_chance)})
        for old, new in [(p, theta), *((x, after[name]) for name, x in state.items())]:
            if found_inf is not None:
                old.copy_(torch.where(found_inf.to(old.device) != 0, old, new.to(old.dtype)))
            elif old is not new:
                old.copy_(new)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._plans = Plans()
        self._tell_scaler()


def counted(step: Tensor) -> bool:
    """Whether a kernel can count in it."""
    return not no_address(step) and (torch.is_inference_mode_enabled() or not step.is_inference())


def watched(self: Optimizer) -> bool:
    """Whether a profiler or a hook is there, to be told of a step."""
    hooks = self._optimizer_step_pre_hooks or self._optimizer_step_post_hooks or _global_pre_hooks or _global_post_hooks
    return bool(hooks) or profiled()


def profiled() -> bool:
    """Whether torch is to be told what happens: by a profiler, of this thread or of all, or by a compiler."""
    return profiler._is_profiler_enabled or _profiler_enabled() or torch.compiler.is_compiling()
