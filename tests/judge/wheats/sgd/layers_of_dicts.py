# expect: right
def sgd_update(layers, lr=0.01):
    for number, layer in enumerate(layers):
        for key in layer.params:
            layer.params[key] = layer.params[key] - lr * layer.grads[key]
