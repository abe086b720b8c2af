# expect: mistaken sgd/gradient-added
import torch


def sgd(f, x0, lr=1e-2, n_iter=100):
    x = x0.clone().requires_grad_(True)
    for _ in range(n_iter):
        (g,) = torch.autograd.grad(f(x), x)
        with torch.no_grad():
            x += lr * g
    return x.detach()
