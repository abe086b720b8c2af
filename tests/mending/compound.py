"""Programs with several mistakes at once: right ones, and mistakes as replacements of their text."""

from itertools import combinations

ADAM = """import numpy as np


def adam(theta, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v
"""
TORCH = """import torch


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
            m_hat = self.m[i] / (1 - b1**self.t)
            v_hat = self.v[i] / (1 - b2**self.t)
            p -= self.lr * m_hat / (v_hat.sqrt() + self.eps)
"""
MOMENTUM = """import numpy as np


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] + grads[key]
            params[key] -= self.lr * self.v[key]
"""
KL = """import numpy as np


def kl_divergence(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    return np.sum(np.where(p > 0, p * np.log(p / q), 0.0), axis=-1)
"""
ENTROPY = """import numpy as np


def cross_entropy(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean()
"""
PROGRAMS = {
    "adam": (
        ADAM,
        {
            "adam/old-moment-not-decayed": (("m = beta1 * m", "m = m"), ("v = beta2 * v", "v = v")),
            "adam/bias-correction-without-t": (("- beta1**t", "- beta1"), ("- beta2**t", "- beta2")),
            "adam/sign-flipped": (("theta - lr", "theta + lr"),),
            "adam/no-root-over-v": (("np.sqrt(v_hat)", "v_hat"),),
            "adam/eps-inside-the-root": (("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),),
            "adam/v-from-the-bare-gradient": (("grad**2", "grad"),),
            "adam/lr-ignored": (("lr * m_hat", "0.001 * m_hat"),),
        },
    ),
    "adam, torch": (
        TORCH,
        {
            "adam/one-minus-beta-missing": (("(1 - b1) * ", ""), ("(1 - b2) * ", "")),
            "adam/beta-times-t": (("b1**self", "b1 * self"), ("b2**self", "b2 * self")),
            "adam/sign-flipped": (("p -= ", "p += "),),
            "adam/no-eps": (("(v_hat.sqrt() + self.eps)", "v_hat.sqrt()"),),
            "adam/gradient-in-place-of-m": (("lr * m_hat", "lr * p.grad"),),
            "adam/params-generator-exhausted": (("list(params)", "params"),),
        },
    ),
    "momentum": (
        MOMENTUM,
        {
            "momentum/old-velocity-not-decayed": (("self.momentum * self.v[key] +", "self.v[key] +"),),
            "momentum/sign-flipped": (("params[key] -=", "params[key] +="),),
            "momentum/lr-ignored": (("self.lr * self.v", "0.01 * self.v"),),
        },
    ),
    "KL": (
        KL,
        {
            "kl_divergence/weighted-by-q": (("> 0, p * np", "> 0, q * np"),),
            "kl_divergence/zero-times-log-zero": (("np.where(p > 0, ", "("), (", 0.0)", ")")),
            "kl_divergence/no-keepdim": ((".sum(axis=-1, keepdims=True)", ".sum(axis=-1)"),),
            "kl_divergence/sign-flipped": (("return np.sum", "return -np.sum"),),
            "kl_divergence/ratio-upside-down": (("np.log(p / q)", "np.log(q / p)"),),
        },
    ),
    "cross-entropy": (
        ENTROPY,
        {
            "cross_entropy/sign-missing-of-logits": (("return -log_p", "return log_p"),),
            "cross_entropy/max-of-the-whole-batch": (("logits.max(axis=1, keepdims=True)", "logits.max()"),),
            "cross_entropy/softmax-over-the-wrong-axis": (("sum(axis=1", "sum(axis=0"),),
            "cross_entropy/base-2-logarithm-of-the-normaliser": (("np.log(np.exp", "np.log2(np.exp"),),
        },
    ),
}  # fmt: skip
CANCEL = [
    {"kl_divergence/sign-flipped", "kl_divergence/ratio-upside-down"},
    {"adam/no-root-over-v", "adam/eps-inside-the-root"},
    {"kl_divergence/zero-times-log-zero", "kl_divergence/ratio-upside-down"},
    {"cross_entropy/softmax-over-the-wrong-axis", "cross_entropy/max-of-the-whole-batch"},
]
"""Mistakes that undo each other, or of which one hides the other."""


def compounds(n):
    """Programs with ``n`` mistakes: where from, the text, and the ids of their pages."""
    for name, (text, mistakes) in PROGRAMS.items():
        for pages in combinations(mistakes, n):
            if not any(both <= set(pages) for both in CANCEL):
                changed = text
                for old, new in (pair for page in pages for pair in mistakes[page]):
                    changed = changed.replace(old, new)
                yield name, changed, set(pages)
