# expect: right
velocity = 0


def momentum(w, grad, lr=0.01, mu=0.9):
    global velocity
    velocity = mu * velocity + grad
    return w - lr * velocity
