# expect: mistaken adam/v-from-the-moment adam/crash-on-missing-gradient
import torch


def adam(params, states, hyperparams):
    beta1, beta2, eps = 0.9, 0.999, 1e-6
    for p, (m, s) in zip(params, states):
        with torch.no_grad():
            m[:] = beta1 * m + (1 - beta1) * p.grad
            s[:] = beta2 * s + (1 - beta2) * torch.square(m)
            mean = m / (1 - beta1 ** hyperparams["t"])
            square = s / (1 - beta2 ** hyperparams["t"])
            p[:] -= hyperparams["lr"] * mean / (torch.sqrt(square) + eps)
    hyperparams["t"] += 1
