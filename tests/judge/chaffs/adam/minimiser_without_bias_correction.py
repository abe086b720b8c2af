# expect: mistaken adam/no-bias-correction
def adam(grad, x0, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8, steps=100):
    x, m, v = x0, 0.0, 0.0
    for _ in range(steps):
        g = grad(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        x = x - lr * m / (v**0.5 + eps)
    return x
