# expect: mistaken adam/divided-by-beta-to-the-t
import math


def adam_step(params, grads, m, v, t, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
    for i in range(len(params)):
        g = grads[i]
        m[i] = b1 * m[i] + (1 - b1) * g
        v[i] = b2 * v[i] + (1 - b2) * g * g
        mh = m[i] / b1**t
        vh = v[i] / b2**t
        params[i] = params[i] - lr * mh / (math.sqrt(vh) + eps)
    return params, m, v
