# tiny LM losses; shapes in the annotations
from typing import Union
from torchtyping import TensorType, patch_typeguard
from typeguard import typechecked
import torch
patch_typeguard()


@typechecked
def cross_entropy_loss(
    logits: TensorType["batch", "seq", "vocab"], labels: TensorType["batch", "seq", torch.long]
) -> TensorType[()]:
    b, s, v = logits.shape
    flat = logits.reshape(b * s, v)
    lse = flat.logsumexp(-1)
    return (lse - flat[torch.arange(b * s), labels.reshape(-1)]).mean()


@typechecked
def kl_loss(p_logits: TensorType["b", "v"], q_logits: TensorType["b", "v"]) -> TensorType["b"]:
    lp = p_logits - p_logits.logsumexp(-1, keepdim=True)
    lq = q_logits - q_logits.logsumexp(-1, keepdim=True)
    return (lp.exp() * (lp - lq)).sum(-1)
