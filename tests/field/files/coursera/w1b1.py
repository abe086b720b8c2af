import numpy as np
# 2-layer net, names W1 b1 W2 b2


def update_parameters(parameters, grads, learning_rate=0.01):
    W1, b1, W2, b2 = parameters["W1"], parameters["b1"], parameters["W2"], parameters["b2"]
    W1 = W1 - learning_rate * grads["dW1"]
    b1 = b1 - learning_rate * grads["db1"]
    W2 = W2 - learning_rate * grads["dW2"]
    b2 = b2 - learning_rate * grads["db1"]
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def update_with_momentum(W, b, dW, db, vW, vb, lr=0.01, beta=0.9):
    vW = beta * vW + dW
    vb = beta * vb + db
    W -= lr * vW
    b -= lr * vb
    return W, b, vW, vb


def update_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for name in parameters:
        d = "d" + name
        v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
        s[d] = beta2 * s[d] + (1 - beta2) * np.square(grads[d])
        vc, sc = v[d] / (1 - beta1 ** t), s[d] / (1 - beta2 ** t)
        parameters[name] = parameters[name] - learning_rate * vc / (np.sqrt(sc) + epsilon)
    return parameters, v, s
