# expect: unknown
def sgd_update(parameters, grads, lr=0.01):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W1, b1 = W1 - lr * grads["dW1"], b1 - lr * grads["db1"]
    W2, b2 = W2 - lr * grads["dW1"], b2 - lr * grads["db2"]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
