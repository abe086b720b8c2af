# expect: mistaken sgd/gradient-added
def sgd(layers, lr):
    for layer in layers:
        for name in ("weights", "bias"):
            layer[name] += lr * layer["grad_" + name]
