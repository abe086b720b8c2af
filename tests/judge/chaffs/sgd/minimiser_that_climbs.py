# expect: mistaken sgd/gradient-added
def gradient_descent(df, x0, lr=0.1, n_iter=100):
    x = x0
    for _ in range(n_iter):
        x = x + lr * df(x)
    return x
