"""A notebook as a learner leaves it, in two languages: formulas with mistakes, unfinished code, headings alone."""

import json

KL = """import numpy as np
def kl_divergence(p, q):
    p = p / np.sum(p, axis=-1)
    q = q / np.sum(q, axis=-1)
    q = q + 1e-8
    return np.sum(p * np.log(p / q), axis=-1)
"""
CROSS_ENTROPY = """def cross_entropy(p, y):
    return -np.sum(y * np.log(p), axis=-1)
"""
SGD = """class SGD:
    def __init__(self, params, lr=0.01):
        self.params = list(params)
        self.lr = lr

    def step(self):
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
"""
MOMENTUM = """class Momentum:
    def __init__(self, params, lr=0.01, mu=0.9):
        self.params = list(params)
        self.lr, self.mu = lr, mu
        self.v = [torch.zeros_like(p) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is not None:
                self.v[i] = self.mu * self.v[i] + p.grad
                p.data -= self.lr * self.v[i]

    def zero_grad(self):
        for p in self.params:
            p.grad = None
"""
ADAM = """class Adam:
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = params
        self.lr, self.eps = lr, eps
        self.beta1, self.beta2 = beta1, beta2
        self.m = [torch.zeros_like(p) for p in params]
        self.v = [torch.zeros_like(p) for p in params]
        self.t = 0

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            g = p.grad
            self.m.append(self.m[-1] + (1 - self.beta_1) * g)
            self.v.append(self.v[-1] + (1 - self.beta2) * g ** 2)
            m_hat = self.m[-1] / (1 - self.beta1 ** self.t)
            v_hat = self.v[-1] / (1 - self.beta2 ** self.t)
            p.data -= -self.lr * m_hat / (v_hat.sqrt() + self.eps)

    def zero_grad(self):
        for p in self.params:
"""
TEXTS = {
    "en": (
        "# Interview practice: the basics by hand",
        "## 1. KL divergence\n\n$$KL(P\\|Q) = \\sum_i p_i \\log\\frac{p_i}{q_i}$$",
        "## 2. Cross-entropy",
        "## 3. SGD\n\nThe update rule is $\\theta_{t+1} = \\theta_t - \\nabla J(\\theta_t)$.",
        "## 4. Momentum",
        "## 5. Adam\n\nFirst moment:\n\n$$m_i = m_{i+1} + (1-\\beta_1) g_i$$\n\nSecond moment: "
        "$v_i = \\beta_2 v_{i-1} + (1-\\beta_2) g_i^2$",
        "## 6. AdamW",
        "## 7. AUC\n\n$$AUC = \\frac{\\sum_{i \\in pos} rank_i - \\frac{M(M+1)}{2}}{M \\times N}$$",
    ),
    "zh": (
        "# 手撕深度学习基础",
        "## 1. 手撕 KL 散度\n\n$$D_{KL}(P\\|Q) = \\sum_i p_i \\log\\frac{p_i}{q_i}$$",
        "## 2. 手撕交叉熵",
        "## 3. 手撕 SGD\n\n更新公式：$w \\leftarrow w - g$",
        "## 4. 动量法",
        "## 5. 手撕 Adam\n\n一阶矩：\n\nm_i = m_{i+1} + (1 - β₁)·g_i\n\n二阶矩：v_i = β₂·v_{i-1} + (1 - β₂)·g_i²",
        "## 6. 手撕 AdamW",
        "## 7. 手撕 AUC\n\nAUC = (Σ rank − n₊(n₊+1)/2) / (n₊·n₋)",
    ),
}


def notebook(*cells):
    """A notebook of nbformat 4, as bytes: pairs of a cell type and a source."""
    made = [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}, ensure_ascii=False).encode()


def learners(lang):
    """The learner's notebook in a language."""
    code = ("import torch\nimport numpy as np", KL, CROSS_ENTROPY, SGD, MOMENTUM, ADAM)
    cells = []
    for i, text in enumerate(TEXTS[lang]):
        cells += [("markdown", text), *([("code", code[i])] if i < len(code) else [])]
    return notebook(*cells)
