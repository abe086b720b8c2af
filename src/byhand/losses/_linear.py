"""Cross-entropy of a linear layer's logits, as torch's ``linear_cross_entropy``; the logits are never all in memory.

    logits = input · linear_weightᵀ + linear_bias,      G = ∂loss / ∂logits
    ∂loss/∂input = G · linear_weight,   ∂loss/∂linear_weight = Gᵀ · input,   ∂loss/∂linear_bias = Gᵀ · 1

Logits and G are computed for some rows at a time. The gradients are computed from them in the forward pass and
accumulated over the rows in float32. Source of the idea: Wijmans et al., Cut Your Losses in Large-Vocabulary Language
Models, 2024.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.nn.functional import linear

from byhand import kernels
from byhand._check import must_be
from byhand.kernels._address import no_address
from byhand.kernels._backward import all_plain, differentiate, resolved
from byhand.losses._shared import Known, autocasts, check_choice, check_dense, check_tensors, overridable
from byhand.losses.cross_entropy import checked, cross_entropy

try:
    from torch.nn.modules.linear_cross_entropy_options import LinearCrossEntropyOptions
except ImportError:  # before torch 2.13

    class LinearCrossEntropyOptions:  # type: ignore[no-redef]
        """Has no instances: a torch without this loss has no options of it."""


LOGITS = 9 << 21  # logits in memory at a time; G is written over them
CLASSES = 1024  # logits of so many classes are one product: a product for all classes is a third slower
PAD = 16  # the row stride of the logits is a multiple of this: an odd stride makes the products a quarter slower


@overridable
def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: LinearCrossEntropyOptions | None = None,
) -> Tensor:
    """``cross_entropy(linear(input, linear_weight, linear_bias), target, …)``, computed for some rows at a time.

    Args:
        input: (in_features,) or (N, in_features), floating.
        linear_weight: (C, in_features), or (C, d1, …, in_features), for which all logits are computed at once.
        target: Classes or class probabilities of the logits, as in :func:`byhand.losses.cross_entropy`.
        linear_bias: (C,), or (C, d1, …).
        weight: One weight per class, (C,).
        reduction: ``"none"``, ``"sum"`` or ``"mean"``.
        ignore_index: Rows of this class have no loss. None means -100, and is required if ``target`` is probabilities.
        label_smoothing: ε in [0, 1].
        options: Torch's options for its own chunks; accepted, without effect.

    Returns:
        As :func:`byhand.losses.cross_entropy` of the logits.

    Raises:
        NotImplementedError: another tensor than ``input`` and ``linear_weight`` is sparse or nested.
        RuntimeError: a shape does not fit, devices or dtypes differ, or ``ignore_index`` is given with probabilities.
        TypeError: an argument that must be a tensor is not, or ``options`` has another type.

    It also raises what :func:`byhand.losses.cross_entropy` raises. Gradients flow to ``input``, ``linear_weight`` and
    ``linear_bias``. If ``target`` or ``weight`` requires a gradient, or a gradient is differentiated again, all logits
    are in memory at once.

    >>> input, linear_weight = torch.eye(2), torch.tensor([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    >>> linear_cross_entropy(input, linear_weight, torch.tensor([0, 2]), reduction="none")
    tensor([0.2395, 1.0986])
    """
    of, given = "linear_cross_entropy", (reduction, ignore_index, label_smoothing, linear_bias is None)
    usual = type(reduction) is str and type(label_smoothing) is float and options is None
    usual = usual and (ignore_index is None or type(ignore_index) is int)
    tensors = tuple(x for x in (input, linear_weight, target, linear_bias, weight) if x is not None)
    if (
        usual
        and (known := _known.kernel(given, *tensors)) is not None
        and _allocated(input, linear_weight, linear_bias)
    ):
        ignored = -100 if ignore_index is None else ignore_index
        return known(input, linear_weight, linear_bias, target, weight, reduction, ignored, label_smoothing)
    check_tensors(
        of,
        {"input": input, "linear_weight": linear_weight, "target": target},
        {"linear_bias": linear_bias, "weight": weight},
    )
    check_dense(of, {"target": target, "linear_bias": linear_bias, "weight": weight})
    _check_operands(of, input, linear_weight, linear_bias)
    if input.ndim == 2 and target.shape[:1] != input.shape[:1]:
        raise must_be("target", of, f"of {len(input)} rows, as `input`", f"shape {tuple(target.shape)}", ValueError)
    check_choice("reduction", of, reduction, ("none", "mean", "sum"))
    if not isinstance(options, LinearCrossEntropyOptions | None):
        raise must_be("options", of, "None or LinearCrossEntropyOptions", type(options).__name__, TypeError)
    if ignore_index is not None and target.is_floating_point():
        raise must_be("ignore_index", of, "None where `target` is probabilities", ignore_index, RuntimeError)
    ignore_index = -100 if ignore_index is None else ignore_index
    if _wants_whole(input, linear_weight, linear_bias, target, weight):
        if usual and not autocasts(input) and not no_address(*tensors):
            _known.remember(_whole, given, *tensors)
        return _whole(input, linear_weight, linear_bias, target, weight, reduction, ignore_index, label_smoothing)
    logits = torch.empty(len(input), len(linear_weight), dtype=input.dtype, device="meta")
    checked(logits, target, weight, ignore_index, label_smoothing, 0.0)
    share = 1.0 if reduction != "mean" else float(len(input))
    if reduction == "mean" and not target.is_floating_point():
        kept = target.long()[target != ignore_index]
        kept = kept.clamp(0, len(linear_weight) - 1)  # numbers that are not classes are refused later
        share = float(kept.numel()) if weight is None else weight[kept].double().sum().item()
    return LinearCrossEntropy.apply(  # type: ignore[no-any-return,no-untyped-call]
        input, linear_weight, linear_bias, target, weight, reduction, share, ignore_index, float(label_smoothing)
    )


def _check_operands(of: str, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> None:
    if input.ndim not in (1, 2):
        raise must_be("input", of, "of 1 or 2 dimensions", f"{input.ndim}", RuntimeError)
    if linear_weight.ndim < 2 or linear_weight.shape[-1] != input.shape[-1]:
        required = f"of shape (C, {input.shape[-1]}) or (C, …, {input.shape[-1]})"
        raise must_be("linear_weight", of, required, f"shape {tuple(linear_weight.shape)}", RuntimeError)
    if linear_weight.ndim > 2 and input.ndim == 1:
        required = f"of shape (N, {len(input)}) where `linear_weight` has more than 2 dimensions"
        raise must_be("input", of, required, f"shape {tuple(input.shape)}", RuntimeError)
    if linear_bias is not None and linear_bias.shape != linear_weight.shape[:-1]:
        shapes = tuple(linear_weight.shape[:-1]), f"shape {tuple(linear_bias.shape)}"
        raise must_be("linear_bias", of, f"of shape {shapes[0]}", shapes[1], RuntimeError)
    if not autocasts(input):
        for argument, x in (("linear_weight", linear_weight), ("linear_bias", linear_bias)):
            if x is not None and x.dtype != input.dtype:
                raise must_be(argument, of, f"{input.dtype}, as `input`", x.dtype, RuntimeError)


def _wants_whole(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, target: Tensor, weight: Tensor | None
) -> bool:
    """Whether to compute all logits at once: there are few, or the arguments need what the parts can't do."""
    few = input.ndim == 1 or linear_weight.ndim > 2 or len(input) * len(linear_weight) <= LOGITS
    other = target.requires_grad or (weight is not None and weight.requires_grad)
    beside = [x.dtype for x in (target, weight) if x is not None and (x.is_floating_point() or x is weight)]
    mixed = any(dtype != input.dtype for dtype in beside) or autocasts(input)
    given = [x for x in (input, linear_weight, linear_bias, target, weight) if x is not None]
    plain = all(type(x) in (Tensor, Parameter) and x.layout == torch.strided for x in given) and not input.is_meta
    return few or other or mixed or not plain or torch.compiler.is_compiling() or bool(kernels.why_torch_only())


def _whole(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    ignore_index: int,
    label_smoothing: float,
) -> Tensor:
    """The loss by its definition, with all logits at once."""
    if linear_weight.ndim == 2:
        logits = linear(input, linear_weight, linear_bias)
    else:
        logits = linear(input, linear_weight.flatten(0, -2), None if linear_bias is None else linear_bias.flatten())
        logits = logits.reshape(*input.shape[:-1], *linear_weight.shape[:-1])
    return cross_entropy(
        logits, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
    )


_known = Known("")


def _allocated(input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None) -> bool:
    """Whether the operands of the product have memory: torch itself reads address 0."""
    return bool(input.data_ptr() and linear_weight.data_ptr() and (linear_bias is None or linear_bias.data_ptr()))


class LinearCrossEntropy(torch.autograd.Function):
    """The loss, computed for some rows at a time; a scalar loss together with its gradients."""

    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        """Compute the gradients too, unless each row has its own upstream gradient."""
        *tensors, reduction, share, ignore_index, eps = arguments
        ctx.save_for_backward(*tensors)
        ctx.options, ctx.share, ctx.wanted = (reduction, ignore_index, eps), share, ctx.needs_input_grad[:3]
        rows = reduction == "none"
        loss, ctx.grads = _in_parts(tensors, ctx.options, share, None, () if rows else ctx.wanted)
        return loss

    @staticmethod
    def backward(ctx: Any, *ups: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients and keep no reference: autograd may add to them in place."""
        up, tensors = resolved(ups[0]), ctx.saved_tensors
        grads, ctx.grads = ctx.grads, None
        if torch.is_grad_enabled() or not all_plain(up, *tensors):
            grads, _ = differentiate(lambda *x: _whole(*x, *ctx.options), tensors, ctx.wanted, up)
        elif grads is None or ctx.options[0] == "none":
            _, grads = _in_parts(list(tensors), ctx.options, ctx.share, up, ctx.wanted)
        elif up.device.type != "cpu" or up != 1:
            grads = [g if g is None else g.mul_(up) for g in grads]
        return *grads, *[None] * 6


def _in_parts(
    tensors: list[Any], options: tuple[str, int, float], share: float, up: Tensor | None, wanted: tuple[bool, ...]
) -> tuple[Tensor, list[Tensor | None]]:
    """The loss, and the gradients of the first three tensors that are ``wanted``; ``up`` None means 1."""
    detached: list[Any] = [None if x is None else x.detach() for x in tensors]
    input, linear_weight, linear_bias, target, weight = detached
    reduction, ignore_index, eps = options
    wide = torch.promote_types(input.dtype, torch.float32)
    weight = weight if weight is None else weight.to(wide)
    step = max(1, LOGITS // max(len(linear_weight), 1) // 16 * 16)
    rows = reduction == "none"
    scale = float("nan") if not share else 1 / share
    to_input, to_weight, to_bias = wanted or (False, False, False)
    grads = [torch.empty_like(input) if to_input else None]
    grads += [
        torch.zeros(x.shape, dtype=wide, device=x.device) if w else None
        for x, w in ((linear_weight, to_weight), (linear_bias, to_bias))
    ]
    losses = []
    held = min(step, len(input)), -(-len(linear_weight) // PAD) * PAD
    room = torch.empty(held, dtype=wide, device=input.device)[:, : len(linear_weight)]
    target = target.to(wide) if target.is_floating_point() else target.long()
    how: dict[str, Any] = {"ignore_index": ignore_index, "reduction": "none" if rows else "sum", "label_smoothing": eps}
    for start in range(0, len(input), step):
        part = slice(start, start + step)
        x = input[part]
        logits = _logits(x, linear_weight, linear_bias, room[: len(x)])
        if not any(wanted):
            losses.append(cross_entropy(logits, target[part], weight, **how))
        else:
            loss, G = _loss_and_grad(logits, target[part], weight, up[part] if rows and up is not None else None, how)
            losses.append(loss)
            if not share:  # the mean is 0 / 0: the gradient is nan for rows of weight 0, and 0 for ignored rows
                G *= torch.where(target[part] == ignore_index, 0.0, torch.nan).unsqueeze(1)
            by = (scale if share else 1.0) * (1.0 if rows or up is None else up.item())
            if grads[0] is not None:
                torch.mm(G.to(x.dtype), linear_weight, out=grads[0][part]).mul_(by)
            if grads[1] is not None:
                grads[1].addmm_(G.t(), x.to(wide), alpha=by)
            if grads[2] is not None:
                grads[2].add_(G.sum(0), alpha=by)
    grads = [g if g is None else g.to(t.dtype) for g, t in zip(grads, (input, linear_weight, linear_bias), strict=True)]
    if rows:
        return torch.cat(losses).to(input.dtype), grads
    return (torch.stack(losses).double().sum() * scale).to(input.dtype), grads


def _logits(x: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, room: Tensor) -> Tensor:
    """The logits of some rows, written to ``room``, some classes at a time; 16-bit dtypes are rounded as by torch."""
    for i in range(0, len(linear_weight), CLASSES):
        some = slice(i, i + CLASSES)
        bias = None if linear_bias is None else linear_bias[some]
        if room.dtype != x.dtype:
            room[:, some] = linear(x, linear_weight[some], bias)
        elif bias is None:
            torch.mm(x, linear_weight[some].t(), out=room[:, some])
        else:
            torch.addmm(bias, x, linear_weight[some].t(), out=room[:, some])
    return room


def _loss_and_grad(
    logits: Tensor, target: Tensor, weight: Tensor | None, up: Tensor | None, how: dict[str, Any]
) -> tuple[Tensor, Tensor]:
    """The loss of some rows, and G; a kernel, if there is one, writes G over the logits."""
    found = kernels.pick("cross_entropy", *(x for x in (logits, target, weight) if x is not None))
    if (in_place := getattr(found, "in_place", None)) is not None:
        return in_place(logits, target, weight, up=up, **how), logits
    logits = logits.detach().requires_grad_()
    with torch.enable_grad():
        loss = cross_entropy(logits, target, weight, **how)
    return loss.detach(), torch.autograd.grad(loss, logits, up)[0]
