# expect: right
import torch


def adam(p, g, m, v, t, lr=1e-3):
    b1, b2 = torch.tensor(0.9), torch.tensor(0.999)
    p, g, m, v = p.float(), g.float(), m.float(), v.float()
    m = m * b1 + g * (1 - b1)
    v = v * b2 + g * g * (1 - b2)
    m_hat = m / (1 - b1.pow(t))
    v_hat = v / (1 - b2.pow(t))
    return p - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v
