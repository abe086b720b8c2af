# expect: right
import numpy as np

m = np.zeros(3)
v = np.zeros(3)
t = 0


def adam(w, grad, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    global m, v, t
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps)


w = np.array([1.0, -2.0, 3.0])
for _ in range(100):
    w = adam(w, 2 * w)
