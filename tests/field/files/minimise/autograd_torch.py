import torch


def himmelblau(p):
    x, y = p
    return (x ** 2 + y - 11) ** 2 + (x + y ** 2 - 7) ** 2


def sgd(f, x0, lr=1e-2, n_iter=100):
    x = torch.tensor(x0, dtype=torch.float64, requires_grad=True)
    for _ in range(n_iter):
        loss = f(x)
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
            x.grad.zero_()
    return x.detach()


def adam(f, x0, lr=1e-2, betas=(0.9, 0.999), eps=1e-8, n_iter=100):
    x = torch.tensor(x0, dtype=torch.float64, requires_grad=True)
    m, v = torch.zeros_like(x), torch.zeros_like(x)
    b1, b2 = betas
    for t in range(1, n_iter + 1):
        (g,) = torch.autograd.grad(f(x), x)
        with torch.no_grad():
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * g ** 2
            x -= lr * m / (v.sqrt() + eps)
    return x.detach()


if __name__ == "__main__":
    print(sgd(himmelblau, [0.0, 0.0]))
    print(adam(himmelblau, [0.0, 0.0]))
