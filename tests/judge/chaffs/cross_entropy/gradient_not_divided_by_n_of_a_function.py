# expect: mistaken cross_entropy/gradient-not-divided-by-n
import torch


class CrossEntropyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, target):
        logp = logits - torch.logsumexp(logits, 1, keepdim=True)
        ctx.save_for_backward(logp, target)
        return -logp[torch.arange(len(target)), target].mean()

    @staticmethod
    def backward(ctx, g):
        logp, target = ctx.saved_tensors
        d = logp.exp()
        d[torch.arange(len(target)), target] -= 1
        return g * d, None
