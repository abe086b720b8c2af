# expect: right
def make_momentum(lr=0.1, beta=0.9):
    velocity = 0.0

    def update(w, grad):
        nonlocal velocity
        velocity = beta * velocity + grad
        return w - lr * velocity

    return update
