"""RLHF 里的 KL：k1 k2 k3 三种估计（不是精确的 KL）"""
import torch
import torch.nn.functional as F


def kl_exact(policy_logits, ref_logits):
    lp = F.log_softmax(policy_logits, dim=-1)
    lq = F.log_softmax(ref_logits, dim=-1)
    return (lp.exp() * (lp - lq)).sum(-1)


def kl_k1(logp, ref_logp):
    return (logp - ref_logp).mean()


def kl_k2(logp, ref_logp):
    return (0.5 * (logp - ref_logp) ** 2).mean()


def kl_k3(logp, ref_logp):
    # 无偏，低方差
    r = ref_logp - logp
    return (torch.exp(r) - r - 1).mean()


def approx_kl(new_logprobs, old_logprobs, mask):
    d = old_logprobs - new_logprobs
    return ((d.exp() - 1 - d) * mask).sum() / mask.sum()
