# expect: right
import torch

W = torch.randn(2, 3)
state = {"m": torch.zeros_like(W), "v": torch.zeros_like(W), "t": 0}


def adam_step(W, dW, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
    state["t"] += 1
    state["m"] = b1 * state["m"] + (1 - b1) * dW
    state["v"] = b2 * state["v"] + (1 - b2) * dW * dW
    m_hat = state["m"] / (1 - b1 ** state["t"])
    v_hat = state["v"] / (1 - b2 ** state["t"])
    W -= lr * m_hat / (v_hat.sqrt() + eps)
