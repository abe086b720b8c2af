# everything is a list of arrays: ws, gs, ms, ss  (from our group's codebase, CFG at the top)
import numpy as np

CFG = dict(lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8)


def update_momentum(ws, gs, velocities, lr=0.1, mu=0.9, epoch=0):
    new_v = [mu * v + g for v, g in zip(velocities, gs)]
    return [w - lr * v for w, v in zip(ws, new_v)], new_v


def update_adam(ws, gs, ms, ss, t):
    b1, b2 = CFG["beta1"], CFG["beta2"]
    out_w, out_m, out_s = [], [], []
    for w, g, m, s in zip(ws, gs, ms, ss):
        m = b1 * m + (1 - b1) * g
        s = b2 * s + (1 - b2) * g * g
        step = (m / (1 - b1 ** t)) / (np.sqrt(s / (1 - b2 ** t)) + CFG["eps"])
        out_w.append(w - CFG["lr"] * step)
        out_m.append(m)
        out_s.append(s)
    return out_w, out_m, out_s
