"""Homework 3: Optimizers and losses.      NAME: ____________   ID: ____________"""
import torch


class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-2):
        super().__init__(params, dict(lr=lr))

    def step(self, closure=None):
        """Perform a single optimization step."""
        # YOUR CODE HERE
        raise NotImplementedError()


class AdamW(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.0, correct_bias=True):
        if lr < 0.0:
            raise ValueError("Invalid learning rate: {} - should be >= 0.0".format(lr))
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, correct_bias=correct_bias)
        super().__init__(params, defaults)

    def step(self, closure=None):
        loss = None
        if closure is not None:
            loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                grad = p.grad.data
                state = self.state[p]
                alpha = group["lr"]
                ### TODO
                ### END TODO
        return loss


def cross_entropy(logits, labels):
    loss = None
    # TODO: compute the loss
    return loss


def kl_divergence(p, q):
    # done :)
    p = p / p.sum(-1, keepdim=True)
    q = q / q.sum(-1, keepdim=True)
    return torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p)).sum(-1)
