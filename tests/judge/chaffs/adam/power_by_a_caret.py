# expect: stopped
def adam(w, g, m, v, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g ^ 2
    mh = m / (1 - b1 ^ t)
    vh = v / (1 - b2 ^ t)
    return w - lr * mh / (vh ** 0.5 + eps), m, v
