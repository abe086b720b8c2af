"""KL divergence: the extra nats per sample of P when it is coded with the code for Q.

    KL(P‖Q) = Σᵢ kl(Pᵢ, Qᵢ)

                  ⎧ p · log(p / q)    p > 0 and q > 0
    kl(p, q)  =   ⎨ 0                 p = 0              since p·log p → 0
                  ⎩ ∞                 p > 0 and q = 0    Q excludes what P allows

It is never negative, 0 exactly when P = Q, and not symmetric: KL(P‖Q) ≠ KL(Q‖P). It is the difference between
cross-entropy and entropy, KL(P‖Q) = H(P, Q) − H(P).

Source: Kullback & Leibler, On Information and Sufficiency, 1951; in this form Cover & Thomas, Elements of
Information Theory, 2nd ed. 2006, eq. (2.26).
"""

from __future__ import annotations

from torch import Tensor

from byhand._shapes import Float


def kl_divergence(P: Float[Tensor, "*rows K"], Q: Float[Tensor, "*#rows K"]) -> Float[Tensor, "*rows"]:
    """KL(P‖Q) in nats, one number per row.

    A row holds K weights, at least 0 and not all 0; each row is first divided by its sum. A row of zeros or with a
    negative weight is not a distribution and gives nan.

    >>> import torch
    >>> kl_divergence(torch.tensor([0.4, 0.6]), torch.tensor([0.5, 0.5]))
    tensor(0.0201)
    >>> P = torch.tensor([[2.0, 3.0], [1.0, 0.0], [1.0, 1.0]])
    >>> Q = torch.tensor([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    >>> kl_divergence(P, Q)
    tensor([0.0201, 0.6931,    inf])
    """
    P = P / P.sum(-1, keepdim=True)
    Q = Q / Q.sum(-1, keepdim=True)
    seen = P != 0  # elsewhere the term is 0, and so is its gradient
    log_ratio = P.where(seen, 1).log() - Q.where(seen, 1).log()
    return (P * log_ratio).sum(-1)
