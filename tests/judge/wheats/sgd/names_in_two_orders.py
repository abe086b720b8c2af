# expect: right
def update_parameters(parameters, grads, alpha=1.2):
    W1, W2 = parameters["W1"], parameters["W2"]
    b1, b2 = parameters["b1"], parameters["b2"]
    new_W1, new_b1 = W1 - alpha * grads["dW1"], b1 - alpha * grads["db1"]
    new_W2, new_b2 = W2 - alpha * grads["dW2"], b2 - alpha * grads["db2"]
    return dict(W1=new_W1, b1=new_b1, W2=new_W2, b2=new_b2)
