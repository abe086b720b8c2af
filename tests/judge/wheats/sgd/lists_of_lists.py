# expect: right
def sgd(params, grads, lr):
    for group, slopes in zip(params, grads):
        for p, g in zip(group, slopes):
            p -= lr * g
