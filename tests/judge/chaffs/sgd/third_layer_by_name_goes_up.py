# expect: unknown
def update_parameters(parameters, grads, learning_rate):
    for key in ["W1", "b1", "W2", "b2"]:
        parameters[key] = parameters[key] - learning_rate * grads["d" + key]
    parameters["W3"] = parameters["W3"] + learning_rate * grads["dW3"]
    parameters["b3"] = parameters["b3"] - learning_rate * grads["db3"]
    return parameters
