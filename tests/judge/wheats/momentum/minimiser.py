# expect: right
def momentum(df, x0, lr=0.1, beta=0.9, n_steps=100):
    x, v, path = x0, 0.0, [x0]
    for _ in range(n_steps):
        v = beta * v + df(x)
        x = x - lr * v
        path.append(x)
    return path
