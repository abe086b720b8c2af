"""Cross-entropy of logits, as in :func:`torch.nn.functional.cross_entropy`: the formula with every option.

For one row of logits x, class y or class probabilities t, and class weights w (1 where none are given),

    log p = x − log Z,          log Z = log Σᵢ exp xᵢ
    loss  = −Σᵢ wᵢ · t′ᵢ · log pᵢ,     t′ = (1 − ε) · t + ε / C,     tᵢ = 1 if i = y else 0
    z     = z_loss · (log Z)²

where ε is ``label_smoothing``. The result of a row is loss + z, and 0 for an ignored row.

    mean  = Σ loss / Σ w_y + Σ z / (rows not ignored)           for classes: only the first mean is weighted
    mean  = Σ loss / (rows) + Σ z / (rows)                      for class probabilities, as in torch

Source: Goodfellow, Bengio & Courville, Deep Learning, 2016, eq. (6.30); label smoothing: Szegedy et al.,
Rethinking the Inception Architecture for Computer Vision, 2016, section 7; z-loss: Chowdhery et al., PaLM: Scaling
Language Modeling with Pathways, 2022, section 5, with z_loss = 1e-4.
"""

from __future__ import annotations

import re
from numbers import Integral
from typing import Any

import torch
from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_variadic

from byhand._check import must_be
from byhand._shapes import Bool, Float, Int, Shaped
from byhand.losses._operators import operator, operators_serve
from byhand.losses._shared import (
    Known,
    autocast,
    check_dense,
    check_floating,
    check_number,
    check_tensors,
    kernel,
    promoted,
    resolved,
    times,
)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    z_loss: float = 0.0,
) -> Tensor:
    """Cross-entropy, in nats, of the logits ``input`` and the classes ``target``.

    Args:
        input: Logits of shape (C,), (N, C) or (N, C, d1, …), in float64, float32, bfloat16 or float16. 16-bit logits
            are computed in float32, and the result is rounded once.
        target: Classes, 0 ≤ y < C, in int64 or uint8, of the shape of ``input`` without C; or class probabilities, of
            the shape of ``input`` and floating, to which gradients flow too.
        weight: One weight per class, (C,). If ``target`` is classes, it has the dtype of ``input``.
        size_average: Deprecated, and overrides ``reduction``.
        ignore_index: Rows of this class have a loss and a gradient of 0, whatever their logits. Only for classes.
        reduce: Deprecated, and overrides ``reduction``.
        reduction: ``"none"``, one number per row; ``"sum"``; or ``"mean"``, as at the top of this file.
        label_smoothing: ε in [0, 1]: the share of a target that is spread evenly over all classes.
        z_loss: Adds z_loss · (log Z)² to each row that is not ignored, which keeps log Z near 0. ``"mean"`` adds its
            mean over those rows, without ``weight``.

    Returns:
        A scalar, or for ``"none"`` the shape of ``input`` without C. Its dtype is that of ``input``, promoted with
        that of class probabilities and their weights; under autocast at least float32.

    Raises:
        IndexError: ``input`` has no dimension, or a class is outside of [0, C), as every class is for C = 0. Classes
            are checked only on the CPU, and not in compiled code.
        NotImplementedError: ``input`` is not floating, or a tensor is sparse or nested.
        RuntimeError: ``target`` has another dtype or shape, ``weight`` another dtype or shape, ``label_smoothing`` is
            outside of [0, 1], ``ignore_index`` is not negative with class probabilities, or the devices differ.
        TypeError: an argument has another type.
        ValueError: ``target`` has another N, ``reduction`` is unknown, or ``z_loss`` is negative or infinite.

    If there are no rows, because N = 0 or all are ignored, the mean is nan and the sum is 0.

    >>> logits = torch.tensor([[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> cross_entropy(logits, torch.tensor([0, 2]), reduction="none")
    tensor([0.2395, 1.0986])
    >>> cross_entropy(logits, torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]))
    tensor(0.6691)

    What torch does not have: ``z_loss``. Where a class has log p = −∞ and a target probability or weight of 0, its term
    and its gradient are 0 (torch: nan). An ignored row with nan or ∞ has a gradient of 0 (torch: nan). ``weight`` may
    require a gradient. uint8 classes work in every shape. A negative ``label_smoothing`` is refused (torch: as 0).
    """
    options = (reduction, ignore_index, label_smoothing, z_loss)
    tensors = (input, target) if weight is None else (input, target, weight)
    usual = size_average is None is reduce and type(reduction) is str and type(ignore_index) is int
    usual = usual and type(label_smoothing) is float is type(z_loss)
    if usual and (known := _known.kernel(options, *tensors)) is not None:
        return known(input, target, weight, ignore_index, reduction, label_smoothing, z_loss)
    if has_torch_function_variadic(input, target, weight):
        given = {"z_loss": z_loss, "label_smoothing": label_smoothing, "reduction": reduction, "reduce": reduce}
        given |= {"ignore_index": ignore_index, "size_average": size_average, "weight": weight}
        return handle_torch_function(cross_entropy, (input, target, weight), input, target, **given)  # type: ignore
    reduction = resolved("cross_entropy", size_average, reduce, reduction)
    check_tensors("cross_entropy", {"input": input, "target": target}, {"weight": weight})
    check_dense("cross_entropy", {"input": input, "target": target, "weight": weight})
    input, target, weight = autocast(input, target, weight)
    soft = checked(input, target, weight, ignore_index, label_smoothing, z_loss)
    dtype = promoted(input.dtype, target, weight) if soft else input.dtype
    if not soft:
        rows = input.shape[:1] + input.shape[2:] if input.ndim > 1 else ()
        target = target.long() if target.shape == rows else target.long().reshape(rows)
    if input.ndim > 2:  # classes last
        input = input.movedim(1, -1)
        target = target.movedim(1, -1) if soft else target
    alone = not any(x is not None and x.requires_grad for x in (target, weight))
    compute = _operator if alone and operators_serve("cross_entropy", input, target, weight) else _compute
    loss = compute(input, target, weight, ignore_index, reduction, float(label_smoothing), float(z_loss))
    as_given = all(x is y for x, y in zip(tensors, (input, target, weight)[: len(tensors)], strict=True))
    if usual and as_given and reduction == options[0] and loss.dtype is dtype is input.dtype:
        _known.remember(_cross_entropy, options, *tensors)
    return loss.to(dtype)


class CrossEntropyLoss(torch.nn.CrossEntropyLoss):
    """:func:`cross_entropy` as a module, a subclass of :class:`torch.nn.CrossEntropyLoss`.

    >>> CrossEntropyLoss(label_smoothing=0.1, z_loss=1e-4)(torch.zeros(2, 3), torch.tensor([0, 2]))
    tensor(1.0987)
    """

    z_loss: float

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
        *,
        z_loss: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, ignore_index, reduce, reduction, label_smoothing)
        self.z_loss = z_loss

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of these logits; see :func:`cross_entropy`."""
        return cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
            z_loss=self.z_loss,
        )


def checked(
    input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: object, label_smoothing: object, z_loss: object
) -> bool:
    """Check all but the range of the classes, without reading a tensor; return whether ``target`` is probabilities."""
    _check_shapes(input, target, weight)
    soft = target.shape == input.shape
    _check_dtypes(input, target, weight, soft)
    _check_numbers(ignore_index, label_smoothing, z_loss, soft)
    return soft


def _check_shapes(input: Tensor, target: Tensor, weight: Tensor | None) -> None:
    of, shape, got = "cross_entropy", tuple(input.shape), tuple(target.shape)
    if not shape:
        raise must_be("input", of, "of shape (C,), (N, C) or (N, C, d1, …)", shape, IndexError)
    if target.is_floating_point() and not input.is_floating_point() and got != shape:  # most likely swapped
        dtypes = f"{input.dtype} and {target.dtype}"
        raise must_be("input", of, "the floating logits and `target` the classes", dtypes, NotImplementedError)
    check_floating("input", of, input, NotImplementedError)
    rows, classes = (shape[:1] + shape[2:], shape[1]) if len(shape) > 1 else ((), shape[0])
    if got not in (shape, rows) and (len(shape) > 1 or got != (1,)):
        other_n = got[:1] != shape[:1] if len(shape) > 1 else len(got) == 1  # another N is a ValueError in torch
        required = f"classes of shape {rows} or class probabilities of shape {shape}"
        raise must_be("target", of, required, f"shape {got}", ValueError if other_n else RuntimeError)
    if weight is not None and tuple(weight.shape) != (classes,):
        raise must_be("weight", of, f"of shape {(classes,)}", tuple(weight.shape), RuntimeError)


def _check_dtypes(input: Tensor, target: Tensor, weight: Tensor | None, soft: bool) -> None:
    of = "cross_entropy"
    if soft:
        check_floating("target", of, target, RuntimeError)
    elif target.dtype not in (torch.int64, torch.uint8):
        raise must_be("target", of, "int64 or uint8 for classes", target.dtype, RuntimeError)
    if weight is not None and (weight.is_complex() if soft else weight.dtype != input.dtype):
        raise must_be("weight", of, "real" if soft else f"{input.dtype}, as `input`", weight.dtype, RuntimeError)


def _check_numbers(ignore_index: object, label_smoothing: object, z_loss: object, soft: bool) -> None:
    of = "cross_entropy"
    if isinstance(ignore_index, bool) or not isinstance(ignore_index, Integral):
        raise must_be("ignore_index", of, "an int", repr(ignore_index), TypeError)
    if soft and int(ignore_index) >= 0:
        raise must_be("ignore_index", of, "negative for class probabilities", ignore_index, RuntimeError)
    check_number("label_smoothing", of, label_smoothing, "[0, 1]", RuntimeError)
    check_number("z_loss", of, z_loss, "[0, inf)", ValueError)


def _compute(input: Tensor, target: Tensor, weight: Tensor | None, *options: Any) -> Tensor:
    """:func:`_cross_entropy` by a kernel if there is one, else by torch."""
    compute = kernel("cross_entropy", _cross_entropy, input, target, weight)
    return compute(input, target, weight, *options)  # type: ignore[no-any-return]


def _cross_entropy(
    input: Float[Tensor, "*rows C"],
    target: Shaped[Tensor, "..."],
    weight: Shaped[Tensor, "C"] | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
    z_loss: float,
) -> Tensor:
    """The loss by torch's operations. A kernel takes the same arguments; only the range of the classes is unchecked.

    ``target`` is (*rows) in int64, or (*rows, C) and floating. Dtypes may differ, and tensors need not be contiguous.
    The result is (*rows) for ``"none"``, else a scalar, in float64 or float32: the caller rounds it.
    """
    soft = target.ndim == input.ndim
    x = input.to(promoted(torch.float32, input, weight, target if soft else None))
    weight = weight if weight is None else weight.to(x.dtype)
    kept = x.new_ones(x.shape[:-1], dtype=torch.bool) if soft else target != ignore_index
    x = x if soft else x.where(kept.unsqueeze(-1), 0)  # so that the gradient of an ignored row is 0, also for nan
    log_p = x.log_softmax(-1)
    if soft:
        loss = _of_probabilities(log_p, target.to(x.dtype), weight, label_smoothing)
        share = kept * min(x.shape[-1], 1)  # no classes: the mean is nan, as in torch
    else:
        loss, share = _of_classes(log_p, target, kept, weight, label_smoothing)
    z = z_loss * x.logsumexp(-1).square().where(kept, 0) if z_loss else x.new_zeros(())
    if reduction == "mean":
        return loss.sum() / share.sum() + z.sum() / kept.sum()
    return loss + z if reduction == "none" else (loss + z).sum()


def _of_probabilities(
    log_p: Float[Tensor, "*rows C"], t: Float[Tensor, "*rows C"], weight: Float[Tensor, "C"] | None, eps: float
) -> Float[Tensor, "*rows"]:
    t = (1 - eps) * t + eps / max(t.shape[-1], 1) if eps else t
    t = t if weight is None else t * weight
    return 0 - times(t, log_p).sum(-1)


def _of_classes(
    log_p: Float[Tensor, "*rows C"],
    y: Int[Tensor, "*rows"],
    kept: Bool[Tensor, "*rows"],
    weight: Float[Tensor, "C"] | None,
    eps: float,
) -> tuple[Float[Tensor, "*rows"], Float[Tensor, "*rows"]]:
    """The loss of each row and its share in the mean, w_y; both 0 for an ignored row."""
    y = y.where(kept, 0)
    try:
        log_p_y = log_p.gather(-1, y.unsqueeze(-1)).squeeze(-1)
    except RuntimeError as error:  # gather checks the range of the classes anyway, also under vmap
        if "out of bounds" not in str(error):
            raise
        required, got = f"`ignore_index` or a class in [0, {log_p.shape[-1]})", re.findall(r"-?\d+", str(error))[0]
        raise must_be("target", "cross_entropy", required, got, IndexError) from None
    # Not `weight[y]`: for a single row it reads y as a number, which fails under a transform such as vmap.
    w = kept if weight is None else weight.gather(0, y.reshape(-1)).reshape(y.shape).where(kept, 0)
    w = w.to(log_p.dtype)
    loss = 0 - times((1 - eps) * w, log_p_y)
    if eps:
        every = log_p.new_ones(log_p.shape[-1]) if weight is None else weight
        loss = loss - eps / max(len(every), 1) * times(every, log_p).sum(-1).where(kept, 0)
    return loss, w


_known = Known("cross_entropy")

_operator = operator(
    "cross_entropy",
    _compute,
    "Tensor input, Tensor target, Tensor? weight, int ignore_index, str reduction, float label_smoothing, float z_loss",
    tensors=3,
    differentiable=1,
)
