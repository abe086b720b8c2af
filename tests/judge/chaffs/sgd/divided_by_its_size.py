# expect: mistaken sgd/gradient-normalised
def sgd_step(theta, grad, lr=0.1):
    return theta - lr * (grad / abs(grad))
