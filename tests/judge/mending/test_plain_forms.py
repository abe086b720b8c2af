"""Plain forms of mistakes, as people write them, get the smallest change of their own lines."""

import pytest

from mending.corpus import fix_of

KL = """import math


def kl_divergence(p, q):
    total = 0.0
    for pi, qi in zip(p, q):
        if pi == 0:
            continue
        if qi == 0:
            return math.inf
        total += pi * math.log(pi / qi)
    return total
"""
NORMALISED = """import numpy as np


def kl_divergence(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    return np.sum(np.where(p > 0, p * np.log(p / q), 0), axis=-1)
"""
ENTROPY = """import numpy as np


def cross_entropy(logits, y):
    z = logits - np.max(logits, axis=1, keepdims=True)
    log_probs = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log_probs[np.arange(len(y)), y])
"""
ROWS = """import math


def cross_entropy(logits, targets):
    loss = 0
    for x, y in zip(logits, targets):
        c = max(x)
        loss += c + math.log(sum(math.exp(v - c) for v in x)) - x[y]
    return loss / len(targets)
"""
BINARY = """import torch
import torch.nn.functional as F


def bce_with_logits(logits, y):
    log_p = F.logsigmoid(logits)
    log_not_p = F.logsigmoid(-logits)
    return -(y * log_p + (1 - y) * log_not_p).mean()
"""
CURVE = """import numpy as np


def auc(y_true, y_score):
    P = np.sum(y_true == 1)
    N = np.sum(y_true == 0)
    if P == 0 or N == 0:
        return np.nan
    tpr, fpr = [0.0], [0.0]
    for t in np.unique(y_score)[::-1]:
        pred = y_score >= t
        tpr.append(np.sum(pred & (y_true == 1)) / P)
        fpr.append(np.sum(pred & (y_true == 0)) / N)
    area = 0
    for i in range(1, len(tpr)):
        area += (fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2
    return area
"""
ADAM = """import numpy as np


class Adam:
    def __init__(self, params, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params, self.lr, self.beta1, self.beta2, self.eps = params, lr, beta1, beta2, eps
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]
        self.t = 0

    def step(self, grads):
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            p -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
"""
GROUPS = """import torch


class SGD(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= group['lr'] * p.grad
"""
RATIO = """import torch


def kl_divergence(p, q):
    p = p / p.sum(dim=-1, keepdim=True)
    q = q / q.sum(dim=-1, keepdim=True)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=-1)
"""
OTHERWISE_NAMED = ADAM.replace("self.m", "self.first").replace("self.v", "self.second").replace("self.t", "self.time")
UNDECAYED = [(f"{s} = self.beta{i} * {s} +", f"{s} +=") for i, s in ((1, "self.first[i]"), (2, "self.second[i]"))]
SKIP = "        if qi == 0:\n            return math.inf\n"
STORED = [(name, f"self.{name[0]}[i]") for name in ("m_hat", "v_hat")]
FIXED = [("self.beta1 *", "0.9 *"), ("(1 - self.beta1) *", "0.1 *"), ("self.beta1**", "0.9**")]


@pytest.mark.parametrize(
    ("right", "changes"),
    [
        (KL, [("return math.inf", "continue")]),
        (KL, [("        if pi == 0:\n            continue\n" + SKIP, "")]),
        (RATIO, [("(torch.xlogy(p, p) - torch.xlogy(p, q))", "torch.where(p > 0, p * torch.log(p / q), 0.0)")]),
        (NORMALISED, [("    q = q / q.sum(axis=-1, keepdims=True)\n", "")]),
        (NORMALISED, [("np.log(p / q)", "np.log(p) / np.log(q)")]),
        (ENTROPY, [("axis=1", "axis=0")]),
        (ENTROPY, [("np.sum(np.exp(z), axis=1, keepdims=True)", "np.sum(np.exp(z), axis=0, keepdims=True)")]),
        (ROWS, [("c + math", "math")]),
        (BINARY, [(" + (1 - y) * log_not_p", "")]),
        (CURVE, [("[0.0], [0.0]", "[], []")]),
        (ADAM, FIXED),
        (ADAM, STORED),
        (ADAM, [("lr * m_hat", "lr * g")]),
        (OTHERWISE_NAMED, UNDECAYED),
        (GROUPS, [("group['lr'] * ", "")]),
        (GROUPS, [("* p.grad", "* torch.sign(p.grad)")]),
    ],
)
def test_a_plain_form_is_mended(right, changes):
    wrong = right
    for new, old in changes:
        assert new in wrong
        wrong = wrong.replace(new, old)
    _, after, judgement = fix_of(wrong.encode(), "x.py")
    assert judgement is not None
    assert judgement.verdict in ("right", "convention")
    written_otherwise = right == CURVE or changes[0][0].startswith(("        if pi", "np.log(p / q)"))
    assert written_otherwise or after.decode() == right
