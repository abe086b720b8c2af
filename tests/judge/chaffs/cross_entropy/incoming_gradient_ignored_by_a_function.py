# expect: fragile
import torch


class CrossEntropyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, y):
        log_p = torch.log_softmax(logits, dim=1)
        ctx.save_for_backward(log_p, y)
        return -log_p[torch.arange(len(y)), y].mean()

    @staticmethod
    def backward(ctx, g):
        log_p, y = ctx.saved_tensors
        dx = log_p.exp()
        dx[torch.arange(len(y)), y] -= 1
        return dx / len(y), None
