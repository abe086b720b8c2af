# expect: right
def sgd_update(parameters, grads, learning_rate):
    w1, b1, w2, b2 = parameters.values()
    dw1, db1, dw2, db2 = grads.values()
    w1 = w1 - learning_rate * dw1
    b1 = b1 - learning_rate * db1
    w2 = w2 - learning_rate * dw2
    b2 = b2 - learning_rate * db2
    return {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
