# expect: right
def gradient_descent_step(params, grads, lr):
    """One step of gradient descent on plain Python lists."""
    new_params = []
    for p, g in zip(params, grads):
        new_params.append(p - lr * g)
    return new_params
