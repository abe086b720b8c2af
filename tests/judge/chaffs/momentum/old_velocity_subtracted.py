# expect: mistaken momentum/old-velocity-subtracted
def momentum_step(w, grad, v, lr=0.01, beta=0.9):
    v = grad - beta * v
    w = w - lr * v
    return w, v
