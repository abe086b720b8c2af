# expect: right
def momentum_update(w, g, v, lr, gamma):
    v = gamma * v + g
    w = w - lr * v
    return w, v
