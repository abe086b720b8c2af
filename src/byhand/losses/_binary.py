"""Binary cross-entropy of logits, as in :func:`torch.nn.functional.binary_cross_entropy_with_logits`.

For each logit x, with p = σ(x), target t, ``pos_weight`` c and ``weight`` w (1 where they are not given),

    loss = −w · (c · t · log σ(x) + (1 − t) · log σ(−x)),       log σ(x) = min(x, 0) − log(1 + exp(−|x|))

With both logarithms there is no difference of large numbers: at t = 0, x = −50 the loss and its gradient are 1.9e-22,
where torch's (1 − t) · x − log σ(x) rounds to 0.

Source: Goodfellow, Bengio & Courville, Deep Learning, 2016, eqs. (6.24) to (6.26).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from byhand._check import must_be
from byhand._shapes import Float
from byhand.losses._shared import (
    Known,
    autocast,
    check_dense,
    check_floating,
    check_tensors,
    kernel,
    overridable,
    promoted,
    reduced,
    resolved,
    times,
)


@overridable
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Binary cross-entropy, in nats, of the logits ``input`` of class 1 and the probabilities ``target``.

    Args:
        input: Logits of any shape, in float64, float32, bfloat16 or float16; 16-bit ones are computed in float32.
        target: Probabilities of class 1, floating, of the shape of ``input``.
        weight: A weight for each element, broadcast to the shape of ``input``.
        size_average: Deprecated, and overrides ``reduction``.
        reduce: Deprecated, and overrides ``reduction``.
        reduction: ``"none"``, ``"sum"`` or ``"mean"``, which divides by the number of elements, also with weights.
        pos_weight: Weights of the term of class 1, broadcast likewise; above 1 for recall, below 1 for precision.

    Returns:
        A scalar, or for ``"none"`` the shape of ``input``; in the dtype of ``target``, as in torch.

    Raises:
        NotImplementedError: ``input`` is not floating, or a tensor is sparse or nested.
        RuntimeError: ``target`` is not floating, a weight is complex or does not broadcast, or devices differ.
        TypeError: an argument is not a tensor (torch: AttributeError for the first two).
        ValueError: the shapes of ``input`` and ``target`` differ, or ``reduction`` is unknown.

    The mean of an empty input is nan, its sum is 0. At x = ±∞ the loss is 0 if the sign is right, and ∞ if it is wrong
    (torch: nan). The weights may require a gradient.

    >>> x, t = torch.tensor([0.0, 1000.0, -50.0]), torch.tensor([1.0, 0.0, 0.0])
    >>> binary_cross_entropy_with_logits(x, t, reduction="none")
    tensor([6.9315e-01, 1.0000e+03, 1.9287e-22])
    """
    usual, options = size_average is None is reduce and type(reduction) is str, (reduction, weight is None)
    tensors = _present(input, target, weight, pos_weight)
    if usual and (known := _known.kernel(options, *tensors)) is not None:
        return known(input, target, weight, pos_weight, reduction)
    of = "binary_cross_entropy_with_logits"
    reduction = resolved(of, size_average, reduce, reduction)
    weights = {"weight": weight, "pos_weight": pos_weight}
    check_tensors(of, {"input": input, "target": target}, weights)
    check_dense(of, {"input": input, "target": target, **weights})
    if target.shape != input.shape:
        required = f"of the shape of `input`, {tuple(input.shape)}"
        raise must_be("target", of, required, tuple(target.shape), ValueError)
    check_floating("input", of, input, NotImplementedError)
    check_floating("target", of, target, RuntimeError)
    for argument, w in weights.items():
        if w is not None and w.is_complex():
            raise must_be(argument, of, "real", w.dtype, RuntimeError)
        if w is not None and not _broadcasts(w.shape, input.shape):
            required = f"of a shape that broadcasts to that of `input`, {tuple(input.shape)}"
            raise must_be(argument, of, required, tuple(w.shape), RuntimeError)
    input, target, weight, pos_weight = autocast(input, target, weight, pos_weight)
    dtype = promoted(input.dtype, target)
    x, t = input.to(dtype), target.to(dtype)
    compute = kernel("losses.binary_cross_entropy", _binary_cross_entropy, x, t, weight, pos_weight)
    loss: Tensor = compute(x, t, weight, pos_weight, reduction).to(target.dtype)
    as_given = all(a is b for a, b in zip(tensors, _present(x, t, weight, pos_weight), strict=True))
    if usual and input.numel() and as_given and reduction == options[0]:
        _known.remember(_binary_cross_entropy, options, *tensors)
    return loss


def _present(input: Any, target: Any, weight: Any, pos_weight: Any) -> tuple[Any, ...]:
    """Those that are given; not checked yet."""
    weights = () if weight is None else (weight,)
    return (input, target, *weights) if pos_weight is None else (input, target, *weights, pos_weight)


def _binary_cross_entropy(
    x: Float[Tensor, "*s"], t: Float[Tensor, "*s"], weight: Tensor | None, pos_weight: Tensor | None, reduction: str
) -> Tensor:
    """The loss by torch's operations. A kernel takes the same arguments, already checked, in one dtype."""
    dtype = promoted(torch.float32, x)
    x, t = x.to(dtype), t.to(dtype)
    positive = t if pos_weight is None else t * pos_weight.to(dtype)
    gain = times(positive, logsigmoid(x)) + times(1 - t, logsigmoid(-x))
    gain = gain if weight is None else gain * weight.to(dtype)
    return 0 - reduced(gain, reduction)


_known = Known("losses.binary_cross_entropy")


def _broadcasts(shape: torch.Size, to: torch.Size) -> bool:
    """Whether a tensor of ``shape`` broadcasts with one of shape ``to`` to the shape ``to``."""
    tail = to[len(to) - len(shape) :]
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(shape, tail, strict=True))


class BCEWithLogitsLoss(torch.nn.BCEWithLogitsLoss):
    """:func:`binary_cross_entropy_with_logits` as a module, a subclass of :class:`torch.nn.BCEWithLogitsLoss`.

    >>> BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(torch.zeros(2), torch.tensor([1.0, 0.0]))
    tensor(1.3863)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of these logits; see :func:`binary_cross_entropy_with_logits`."""
        return binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )
