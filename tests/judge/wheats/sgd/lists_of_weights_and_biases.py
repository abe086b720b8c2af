# expect: right
def sgd_update(weights, biases, nabla_w, nabla_b, eta):
    weights = [w - eta * nw for w, nw in zip(weights, nabla_w)]
    biases = [b - eta * nb for b, nb in zip(biases, nabla_b)]
    return weights, biases
