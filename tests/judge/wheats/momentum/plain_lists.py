# expect: convention momentum/lr-inside-the-velocity
def momentum(params, grads, velocity, lr=0.01, mu=0.9):
    """In place, on lists of floats."""
    for i in range(len(params)):
        velocity[i] = mu * velocity[i] + lr * grads[i]
        params[i] -= velocity[i]
