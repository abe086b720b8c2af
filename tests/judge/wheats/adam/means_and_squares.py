# expect: right
def adam(ws, gs, moments, sqrs, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new = []
    for i, (w, g) in enumerate(zip(ws, gs)):
        moments[i] = beta1 * moments[i] + (1 - beta1) * g
        sqrs[i] = beta2 * sqrs[i] + (1 - beta2) * g * g
        new.append(w - lr * (moments[i] / (1 - beta1**t)) / ((sqrs[i] / (1 - beta2**t)) ** 0.5 + eps))
    return new, moments, sqrs
