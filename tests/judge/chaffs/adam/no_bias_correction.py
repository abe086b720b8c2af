# expect: mistaken adam/no-bias-correction
import math


def adam_step(params, grads, m, v, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
    for i in range(len(params)):
        g = grads[i]
        m[i] = b1 * m[i] + (1 - b1) * g
        v[i] = b2 * v[i] + (1 - b2) * g * g
        params[i] = params[i] - lr * m[i] / (math.sqrt(v[i]) + eps)
    return params, m, v
