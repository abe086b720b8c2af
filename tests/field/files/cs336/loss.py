import torch
import torch.nn as nn
from jaxtyping import Float, Int, Bool
import einx


def softmax(x: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
    m = x.max(dim=dim, keepdim=True).values
    e = (x - m).exp()
    return e / e.sum(dim=dim, keepdim=True)


def cross_entropy(logits: Float[Tensor, "b v"], targets: Int[Tensor, "b"]) -> Float[Tensor, ""]:
    m = logits.max(dim=-1, keepdim=True).values
    logsumexp = torch.log(torch.exp(logits - m).sum(dim=-1))
    target_logits = logits.gather(dim=-1, index=targets.unsqueeze(-1)).squeeze(-1)
    return (logsumexp - target_logits).mean()


def perplexity(losses: Float[Tensor, "n"]):
    return torch.exp(losses.mean())
