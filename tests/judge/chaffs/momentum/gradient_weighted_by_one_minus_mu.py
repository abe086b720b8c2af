# expect: convention momentum/gradient-weighted-by-one-minus-mu
def momentum_step(w, grad, v, lr=0.01, beta=0.9):
    v = beta * v + (1 - beta) * grad
    w = w - lr * v
    return w, v
