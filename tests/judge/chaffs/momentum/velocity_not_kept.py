# expect: mistaken momentum/velocity-not-kept
def momentum_step(w, grad, v, lr=0.01, beta=0.9):
    new_v = beta * v + grad
    return w - lr * new_v
