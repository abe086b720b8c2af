# expect: right
def sgd_step(params_grads, learning_rate=0.1):
    moved = []
    for pair in params_grads:
        w, dw = pair
        moved.append(w - learning_rate * dw)
    return moved
