# 手撕优化器, 变量名随便起的
import math

cfg = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "mu": 0.9}


# Adam
def 优化一步(权重, 梯度, moments, sqrs, 第几步):
    新权重, 新m, 新s = [], [], []
    for w, g, m, s in zip(权重, 梯度, moments, sqrs):
        m = cfg["beta1"] * m + (1 - cfg["beta1"]) * g
        s = cfg["beta2"] * s + (1 - cfg["beta2"]) * g * g
        mh = m / (1 - cfg["beta1"] ** 第几步)
        sh = s / (1 - cfg["beta2"] ** 第几步)
        新权重.append(w - cfg["lr"] * mh / (math.sqrt(sh) + cfg["eps"]))
        新m.append(m)
        新s.append(s)
    return 新权重, 新m, 新s


def sgd_动量(ws, gs, velocities):
    for i in range(len(ws)):
        velocities[i] = cfg["mu"] * velocities[i] + gs[i]
        ws[i] = ws[i] - cfg["lr"] * velocities[i]
    return ws, velocities


def RMSprop(w, g, sq, lr=0.01, alpha=0.99):
    sq = alpha * sq + (1 - alpha) * g * g
    return w - lr * g / (math.sqrt(sq) + 1e-8), sq
