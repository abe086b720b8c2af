# expect: right
def sgd_step(layers, lr):
    for layer in layers:
        for param, grad in layer.params_and_grads():
            param -= lr * grad
