# expect: right
LR = 0.05


def sgd_step(w, g):
    return w - LR * g
