# expect: mistaken sgd/update-lost
def sgd(pairs, lr):
    for weight, grad in pairs:
        weight = weight - lr * grad
