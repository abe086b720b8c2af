# expect: right
import torch
class AdamState:
    def __init__(self, params):
        self.m = [torch.zeros_like(p) for p in params]
        self.v = [torch.zeros_like(p) for p in params]
        self.t = 0
def adam_step(params, grads, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    state.t += 1
    for i, (p, g) in enumerate(zip(params, grads)):
        state.m[i] = beta1 * state.m[i] + (1 - beta1) * g
        state.v[i] = beta2 * state.v[i] + (1 - beta2) * g * g
        m_hat = state.m[i] / (1 - beta1 ** state.t)
        v_hat = state.v[i] / (1 - beta2 ** state.t)
        p -= lr * m_hat / (v_hat.sqrt() + eps)
