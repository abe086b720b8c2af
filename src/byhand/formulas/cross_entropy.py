"""Cross-entropy: the mean number of nats that the code for Q needs for a sample of P.

    H(P, Q) = −Σᵢ Pᵢ · log Qᵢ,      a term with Pᵢ = 0 is 0; with Pᵢ > 0 and Qᵢ = 0 it is ∞
    H(P)    = H(P, P)               the entropy of P
    H(P, Q) = H(P) + KL(P‖Q)

A classifier gives Q as probabilities p, or as logits x, which are log p up to a constant. The class y of a sample is a
P that is 1 at y. Subtracting the row maximum first avoids overflow of exp:

    −log p_y = log Z − x_y,         log Z = log Σᵢ exp xᵢ = c + log Σᵢ exp(xᵢ − c),   c = maxᵢ xᵢ

With two classes one number is enough, p = σ(x) = 1 / (1 + exp(−x)):

    H(t, p) = −t · log p − (1 − t) · log(1 − p),    −log σ(x) = log(exp 0 + exp(−x)),    1 − σ(x) = σ(−x)

Source: Goodfellow, Bengio & Courville, Deep Learning, 2016, eq. (3.51) and section 6.2.2; log-sum-exp: Blanchard,
Higham & Higham, Accurately computing the log-sum-exp and softmax functions, 2021, eq. (1.3).
"""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Float, Int


def entropy(P: Float[Tensor, "*rows K"]) -> Float[Tensor, "*rows"]:
    """H(P) in nats, one number per row of K probabilities.

    >>> entropy(torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    tensor([0.6931, 0.0000])
    """
    return cross_entropy(P, P)


def cross_entropy(p: Float[Tensor, "*rows K"], target: Float[Tensor, "*rows K"]) -> Float[Tensor, "*rows"]:
    """H(target, p) in nats, one number per row; ``target`` is soft or one-hot.

    >>> cross_entropy(torch.tensor([0.1, 0.2, 0.6, 0.1]), torch.tensor([0.0, 1.0, 0.0, 0.0]))
    tensor(1.6094)
    """
    seen = target != 0  # elsewhere the term is 0, even where p is 0 too
    log_p = p.where(seen, 1).log()
    return 0 - (target * log_p).sum(-1)


def log_softmax(logits: Float[Tensor, "*rows K"]) -> Float[Tensor, "*rows K"]:
    """log p for each row of ``logits``; adding a constant to a row does not change its result."""
    c = logits.max(-1, keepdim=True).values
    log_Z = c + (logits - c).exp().sum(-1, keepdim=True).log()
    return logits - log_Z


def cross_entropy_with_logits(logits: Float[Tensor, "*rows K"], target: Int[Tensor, "*rows"]) -> Float[Tensor, "*rows"]:
    """−log p_y in nats, one number per row; ``target`` holds the class y of each row, 0 ≤ y < K.

    >>> cross_entropy_with_logits(torch.tensor([[0.0, 0.0], [1000.0, 0.0]]), torch.tensor([0, 1]))
    tensor([6.9315e-01, 1.0000e+03])
    """
    log_p = log_softmax(logits)
    return -log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)


def binary_cross_entropy(p: Float[Tensor, "*n"], target: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """H(target, p) for two classes in nats, element by element; ``target`` is the probability of class 1.

    >>> binary_cross_entropy(torch.tensor([0.8, 0.8, 0.0]), torch.tensor([1.0, 0.0, 0.0]))
    tensor([0.2231, 1.6094, 0.0000])
    """
    return cross_entropy(torch.stack([p, 1 - p], -1), torch.stack([target, 1 - target], -1))


def binary_cross_entropy_with_logits(x: Float[Tensor, "*n"], target: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """The same for p = σ(x), for any finite logit x.

    >>> binary_cross_entropy_with_logits(torch.tensor([0.0, 1000.0]), torch.tensor([1.0, 0.0]))
    tensor([6.9315e-01, 1.0000e+03])
    """
    zero = torch.zeros_like(x)
    return target * torch.logaddexp(zero, -x) + (1 - target) * torch.logaddexp(zero, x)
