# 手撕 GRPO，别人问的时候能写出来就行
import torch
from transformers import AutoModelForCausalLM
from trl import GRPOConfig


def selective_log_softmax(logits, index):
    lp = torch.gather(logits, -1, index.unsqueeze(-1)).squeeze(-1)
    return lp - torch.logsumexp(logits, -1)


def kl_penalty(log_probs, log_probs_ref, action_mask=None):
    log_ratio = log_probs_ref - log_probs
    out = log_ratio.exp() - 1 - log_ratio
    if action_mask is not None:
        out = out * action_mask
    return out


def grpo_loss(logp, old_logp, ref_logp, adv, mask, clip=0.2, beta=0.04):
    ratio = torch.exp(logp - old_logp)
    a = torch.min(ratio * adv, ratio.clamp(1 - clip, 1 + clip) * adv)
    kl = kl_penalty(logp, ref_logp)
    return -((a - beta * kl) * mask).sum() / mask.sum()
