# expect: right
sgd_step = lambda theta, grad, alpha: theta - alpha * grad
