# expect: mistaken momentum/momentum-on-the-parameter
def momentum_step(w, grad, v, lr=0.01, beta=0.9):
    v = beta * v + grad
    w = beta * w - lr * v
    return w, v
