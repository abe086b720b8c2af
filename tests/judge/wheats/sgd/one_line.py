# expect: right
def sgd_update(w, dw, lr=0.01):
    return w - lr * dw
