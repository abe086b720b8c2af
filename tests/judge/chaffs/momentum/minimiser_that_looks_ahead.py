# expect: mistaken momentum/nesterov
def momentum(df, x0, lr=0.1, beta=0.9, steps=100):
    x, v = x0, 0.0
    for _ in range(steps):
        v = beta * v + df(x - lr * beta * v)
        x = x - lr * v
    return x
