# expect: mistaken momentum/velocity-updated-after-the-step
def momentum_step(w, grad, v, lr=0.01, beta=0.9):
    w = w - lr * v
    v = beta * v + grad
    return w, v
