"""KL divergence with the arguments p and q, KL(p‖q), and with torch's, ``kl_div(log q, p)``; and entropy.

                      ⎧ p · log(p / q)    p > 0 and q > 0
    KL(p‖q) = Σᵢ      ⎨ 0                 p = 0, whatever q is; its gradient is taken as 0 too
                      ⎩ ∞                 p > 0 and q = 0

Where the code has normalised the rows itself, Σ p = Σ q = 1, it adds q − p to each term, which leaves the sum as it
is. With r = log(q / p) the term is

    p · (exp r − 1 − r) ≥ 0,     and q where p = 0

A sum of such terms is never negative, and stays accurate where p ≈ q, where the plain terms cancel.

Source: Kullback & Leibler, On Information and Sufficiency, 1951; in this form Cover & Thomas, Elements of Information
Theory, 2nd ed. 2006, eq. (2.26); temperature: Hinton, Vinyals & Dean, Distilling the Knowledge in a Neural Network,
2015, section 2.1.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from byhand import formulas
from byhand._check import must_be
from byhand._shapes import Float
from byhand.losses._operators import operator, operators_serve
from byhand.losses._shared import (
    Known,
    autocast,
    check_choice,
    check_dense,
    check_floating,
    check_number,
    check_tensors,
    kernel,
    overridable,
    promoted,
    reduced,
    resolved,
)

GIVEN = ("probs", "log_probs", "logits", "weights")


@overridable
def kl_divergence(
    p: Tensor,
    q: Tensor,
    *,
    dim: int = -1,
    given: str = "probs",
    temperature: float = 1.0,
    reduction: str = "mean",
) -> Tensor:
    """KL(p‖q) in nats, the expected extra code length if samples of ``p`` are coded for ``q``.

    The arguments are not those of ``F.kl_div``, which takes log q and then p; :func:`kl_div` does too.

    Args:
        p: The true distributions, any shape, in float64, float32, bfloat16 or float16. 16-bit inputs are computed in
            float32, and the result is rounded once.
        q: The distributions of the model. ``p`` and ``q`` broadcast, and gradients flow to both.
        dim: The dimension of a distribution; the result has one number for each distribution, called a row.
        given: What both contain. ``"probs"`` and ``"log_probs"`` are used as they are: the result is Σ p · log(p / q)
            even if they do not sum to 1. ``"weights"`` are divided by their sum. ``"logits"`` go through a softmax.
        temperature: T > 0 softens both to p^(1/T), normalised, which for logits is softmax(x / T), and multiplies the
            result by T², so that the size of the gradients does not depend on T.
        reduction: ``"none"``, one number per row; ``"sum"``; ``"mean"`` over the rows; or ``"batchmean"``, the sum
            divided by the size of the first dimension of the result of ``"none"``.

    Returns:
        A scalar, or for ``"none"`` the broadcast shape without ``dim``; in the promoted dtype, under autocast at least
        float32.

    Raises:
        IndexError: there is no dimension ``dim``.
        NotImplementedError: ``p`` or ``q`` is sparse, or nested and not jagged.
        RuntimeError: ``p`` or ``q`` is not floating, they do not broadcast, or their devices differ.
        TypeError: ``p`` or ``q`` is not a tensor, or ``temperature`` is not a number.
        ValueError: ``given`` or ``reduction`` is unknown, or ``temperature`` is not positive and finite.

    A negative probability gives nan, and so does a row of weights that are all 0. A row without classes gives 0; the
    mean of no rows is nan. Where the divergence is finite no gradient is nan; where it is ∞ some may be nan.

    >>> p, q = torch.tensor([[0.4, 0.6], [1.0, 0.0]]), torch.tensor([0.5, 0.5])
    >>> kl_divergence(p, q, reduction="none")
    tensor([0.0201, 0.6931])
    >>> teacher, student = torch.tensor([[4.0, 0.0, -4.0]]), torch.zeros(1, 3)
    >>> kl_divergence(teacher, student, given="logits", temperature=4.0)
    tensor(4.2595)
    """
    options = (dim, given, temperature, reduction)
    usual = type(temperature) is float and type(dim) is int and type(given) is str is type(reduction)
    if usual and (known := _known.kernel(options, q, p)) is not None:
        return known(p, q, given, temperature, reduction)
    of, tensors = "kl_divergence", (q, p)
    check_choice("given", of, given, GIVEN)
    check_choice("reduction", of, reduction, ("none", "mean", "sum", "batchmean"))
    check_number("temperature", of, temperature, "(0, inf)", ValueError)
    p, q = _broadcast(of, {"p": p, "q": q})
    dtype = promoted(p.dtype, q)
    p, q = (_rows(of, x, dim).to(dtype) for x in (p, q))
    compute = _operator if operators_serve("kl_divergence", p, q) else _compute
    loss = compute(p, q, given, float(temperature), reduction)
    if usual and dim in (-1, p.ndim - 1) and _as_given(loss, *tensors):
        _known.remember(_kl_divergence, options, *tensors)
    return loss.to(dtype)


@overridable
def entropy(p: Tensor, *, dim: int = -1, given: str = "probs", reduction: str = "none") -> Tensor:
    """H(p) = −Σ p · log p in nats; a term with p = 0 is 0 and has a gradient of 0.

    The arguments, the dtype of the result, the undefined cases and the errors are those of :func:`kl_divergence`.

    >>> entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    tensor([0.6931, 0.0000])
    >>> entropy(torch.zeros(2, 8), given="logits", reduction="mean")
    tensor(2.0794)
    """
    check_choice("given", "entropy", given, GIVEN)
    check_choice("reduction", "entropy", reduction, ("none", "mean", "sum", "batchmean"))
    (p,) = _broadcast("entropy", {"p": p})
    x = _rows("entropy", p, dim).to(promoted(torch.float32, p))
    if given == "probs":
        rows = formulas.entropy(x)
    else:
        log_p = x if given == "log_probs" else _log_softmax(x, given)
        rows = 0 - _terms(log_p.exp(), log_p, torch.zeros_like(log_p)).sum(-1)
    return reduced(rows, reduction, rows.shape[0] if rows.ndim else 1).to(p.dtype)


@overridable
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """As :func:`torch.nn.functional.kl_div`: the terms of KL(target‖exp input), element by element.

    Args:
        input: log q, any shape and floating dtype.
        target: p, or with ``log_target`` log p; it broadcasts with ``input``.
        size_average: Deprecated, and overrides ``reduction``, also ``"batchmean"``, where torch still divides by N.
        reduce: Deprecated, likewise.
        reduction: ``"none"``; ``"sum"``; ``"batchmean"``, the sum divided by the size of the first dimension of
            ``input``; or ``"mean"`` over all elements, which is the divergence divided by K and therefore warns.
        log_target: Whether ``target`` holds logarithms.

    Returns:
        A scalar, or for ``"none"`` the broadcast shape; in the promoted dtype, under autocast at least float32.

    Raises:
        NotImplementedError: an argument is sparse, or nested and not jagged.
        RuntimeError: an argument is not floating, they do not broadcast, or their devices differ.
        TypeError: an argument is not a tensor, or ``log_target`` is not a bool.
        ValueError: ``reduction`` is unknown.

    Where ``target`` is 0, the term and its gradient are 0, also for ``input`` = −∞ (torch: nan).

    >>> kl_div(torch.tensor([[0.5, 0.5, 0.0]]).log(), torch.tensor([[0.4, 0.6, 0.0]]), reduction="batchmean")
    tensor(0.0201)
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. "
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition.",
            stacklevel=3,
        )
    usual, options = size_average is None is reduce and type(reduction) is str, (reduction, log_target)
    usual = usual and type(log_target) is bool
    if usual and (known := _known.kernel(options, input, target)) is not None:
        return known(target, input)
    reduction = resolved("kl_div", size_average, reduce, reduction, "batchmean")
    if not isinstance(log_target, bool):
        raise must_be("log_target", "kl_div", "a bool", repr(log_target), TypeError)
    log_q, t = _broadcast("kl_div", {"input": input, "target": target})
    dtype = promoted(log_q.dtype, t)
    log_q, t = log_q.to(dtype), t.to(dtype)
    given = "log_probs" if log_target else "p and log_q"
    share = input.shape[0] if input.ndim else 1
    if reduction == "mean" or (reduction == "batchmean" and share == log_q.numel()):
        reduction = "of all numbers"
    reduction = "terms" if reduction == "none" else reduction
    same = reduction != "batchmean" or share == log_q.shape[0]  # a kernel would divide by the same number
    if not same:
        return (_kl_div(t, log_q, given, 1.0, "sum") / share).to(dtype)
    loss = kernel("kl_divergence", _kl_div, t, log_q)(t, log_q, given, 1.0, reduction)
    if usual and _as_given(loss, input, target):
        rest = {"given": given, "temperature": 1.0, "reduction": reduction}
        _known.remember(_kl_div, options, input, target, **rest)
    return loss.to(dtype)  # type: ignore[no-any-return]


def _kl_div(t: Tensor, log_q: Tensor, given: str, temperature: float, reduction: str) -> Tensor:
    """The loss by torch's operations, as a kernel of kl_divergence does; ``"terms"`` gives one number per element."""
    t, log_q = (x.to(promoted(torch.float32, x)) for x in (t, log_q))
    terms = _terms(t.exp(), t, log_q) if given == "log_probs" else _terms(t, t.where(t != 0, 1).log(), log_q)
    reduction = {"of all numbers": "mean", "terms": "none"}.get(reduction, reduction)
    return reduced(terms, reduction, terms.shape[0] if terms.ndim else 1)


class KLDivLoss(torch.nn.KLDivLoss):
    """:func:`kl_div` as a module, a subclass of :class:`torch.nn.KLDivLoss`.

    >>> KLDivLoss(reduction="sum")(torch.tensor([0.5, 0.5]).log(), torch.tensor([0.4, 0.6]))
    tensor(0.0201)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The divergence; see :func:`kl_div`."""
        return kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


def _broadcast(of: str, tensors: dict[str, Any]) -> list[Tensor]:
    """The tensors, checked and broadcast to one shape; under autocast at least float32."""
    check_tensors(of, tensors)
    check_dense(of, tensors, jagged=True)
    for argument, x in tensors.items():
        check_floating(argument, of, x, RuntimeError)
    try:
        return autocast(*_expanded(list(tensors.values())))
    except RuntimeError:
        (first, a), (second, b) = tensors.items()
        required = f"of a shape that broadcasts with that of `{first}`, {tuple(a.shape)}"
        raise must_be(second, of, required, tuple(b.shape), RuntimeError) from None


def _expanded(tensors: list[Tensor]) -> list[Tensor]:
    """The tensors in one shape; torch broadcasts a dense one to a jagged one only as part of an operation."""
    jagged = [x for x in tensors if x.is_nested]
    if len(jagged) in (0, len(tensors)):
        return list(torch.broadcast_tensors(*tensors))  # type: ignore[no-untyped-call]
    return [x if x.is_nested else torch.zeros_like(jagged[0], dtype=x.dtype) + x for x in tensors]


def _rows(of: str, x: Tensor, dim: int) -> Tensor:
    """``x`` with the dimension of its distributions last."""
    if not -x.ndim <= dim < x.ndim:
        raise must_be("dim", of, f"in [{-x.ndim}, {x.ndim}), as the shape is {tuple(x.shape)}", dim, IndexError)
    return x.movedim(dim, -1)


def _as_given(loss: Tensor, x: Tensor, y: Tensor) -> bool:
    """Whether the loss was computed from these tensors, neither broadcast nor cast, and needs no rounding."""
    return x.shape == y.shape and x.dtype is y.dtype is loss.dtype


def _compute(p: Tensor, q: Tensor, *options: Any) -> Tensor:
    """:func:`_kl_divergence` by a kernel if there is one, else by torch."""
    return kernel("kl_divergence", _kl_divergence, p, q)(p, q, *options)  # type: ignore[no-any-return]


def _kl_divergence(
    p: Float[Tensor, "*rows K"], q: Float[Tensor, "*rows K"], given: str, temperature: float, reduction: str
) -> Tensor:
    """The loss by torch's operations. A kernel takes the same arguments, checked, in one dtype, contiguous or not.

    The result is (*rows) for ``"none"``, else a scalar, in float64 or float32: the caller rounds it.
    """
    p, q = (x.to(promoted(torch.float32, x)) for x in (p, q))
    if temperature == 1 and given == "probs":
        seen = p != 0
        rows = _terms(p, p.where(seen, 1).log(), q.where(seen, 1).log()).sum(-1)
    elif temperature == 1 and given == "log_probs":
        rows = _terms(p.exp(), p, q).sum(-1)
    else:
        rows = _of_normalised(_log_softmax(p, given, temperature), _log_softmax(q, given, temperature)).sum(-1)
    return temperature**2 * reduced(rows, reduction, rows.shape[0] if rows.ndim else 1)


def _log_softmax(x: Float[Tensor, "*rows K"], given: str, temperature: float = 1.0) -> Float[Tensor, "*rows K"]:
    """The log-probabilities of an input, softened and normalised."""
    if given in ("probs", "weights"):
        seen = x != 0
        x = x.where(seen, 1).log().where(seen, -torch.inf)
    return (x / temperature).log_softmax(-1)


def _terms(p: Float[Tensor, "*s"], log_p: Float[Tensor, "*s"], log_q: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """p · log(p / q), term by term, without normalising."""
    return p * (log_p - log_q).where(p != 0, 0)


def _of_normalised(log_p: Float[Tensor, "*s"], log_q: Float[Tensor, "*s"]) -> Float[Tensor, "*s"]:
    """p · log(p / q) + q − p, term by term; never negative, since expm1 r, rounded, is at least r."""
    p, q, r = log_p.exp(), log_q.exp(), log_q - log_p
    near = (p != 0) & (r < 1)
    far = (p != 0) & ~near  # here exp r may overflow, but nothing cancels
    near_term = r.where(near, 0).expm1() - r.where(near, 0)
    return (p * near_term).where(near, q - p - p * r.where(far, 0))


_known = Known("kl_divergence")

_operator = operator(
    "kl_divergence",
    _compute,
    "Tensor p, Tensor q, str given, float temperature, str reduction",
    tensors=2,
    differentiable=2,
)
