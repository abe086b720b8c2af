# expect: right
def sgd(pairs, lr):
    for i, (weight, grad) in enumerate(pairs):
        weight -= lr * grad
