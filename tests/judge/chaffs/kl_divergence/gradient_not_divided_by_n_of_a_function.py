# expect: mistaken cross_entropy/gradient-not-divided-by-n
import torch


class KLDivFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, log_q, p):
        ctx.save_for_backward(p)
        return torch.where(p > 0, p * (p.clamp_min(1e-300).log() - log_q), torch.zeros_like(p)).sum(1).mean()

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        return -g * p, None
