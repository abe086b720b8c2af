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
ADAMW = """import torch


class AdamW:
    \"\"\"带解耦权重衰减的 Adam\"\"\"

    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        self.params = list(params)
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.weight_decay = weight_decay
        self.t = 0
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]

    def step(self):
        self.t += 1
        with torch.no_grad():
            for i, p in enumerate(self.params):
                g = p.grad
                if g is None:
                    continue
                p.mul_(1 - self.lr * self.weight_decay)  # 权重衰减
                self.m[i].mul_(self.beta1).add_(g, alpha=1 - self.beta1)  # 一阶矩
                self.v[i].mul_(self.beta2).addcmul_(g, g, value=1 - self.beta2)  # 二阶矩
                m_hat = self.m[i] / (1 - self.beta1 ** self.t)
                v_hat = self.v[i] / (1 - self.beta2 ** self.t)
                p.sub_(self.lr * m_hat / (v_hat.sqrt() + self.eps))
"""
ADAMW_STEP = """import numpy as np


def adamw_step(w, g, m, v, t, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8, wd=1e-2):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    mh = m / (1 - b1 ** t)
    vh = v / (1 - b2 ** t)
    w = w - lr * (mh / (np.sqrt(vh) + eps) + wd * w)
    return w, m, v
"""
MOMENTUM_TORCH = """import torch


class MomentumSGD:
    def __init__(self, params, lr=0.1, momentum=0.9):
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.bufs = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, buf in zip(self.params, self.bufs):
            if p.grad is None:
                continue
            buf.copy_(self.momentum * buf + p.grad)
            p.sub_(self.lr * buf)
"""
SGD_STEP = """def sgd(params, lr):
    for p in params:
        if p.grad is not None:
            p.data -= lr * p.grad
"""
KL_LOGITS = """import torch


def kl_div(p_logits, q_logits):
    log_p = torch.log_softmax(p_logits, dim=-1)
    log_q = torch.log_softmax(q_logits, dim=-1)
    kl = (log_p.exp() * (log_p - log_q)).sum(dim=-1)
    return kl.mean()
"""
KL_LOOP = """import math


def kl_divergence(p, q):
    total = 0.0
    for pi, qi in zip(p, q):
        if pi > 0:
            if qi == 0:
                return math.inf
            total += pi * math.log(pi / qi)
    return total
"""
ENTROPY_TORCH = """import torch


def cross_entropy_loss(logits, target):
    # 数值稳定的 log-softmax
    m = logits.max(dim=-1, keepdim=True).values
    log_z = m + torch.log(torch.exp(logits - m).sum(dim=-1, keepdim=True))
    log_probs = logits - log_z
    nll = -log_probs.gather(1, target.unsqueeze(1)).squeeze(1)
    return nll.mean()
"""
BINARY = """import numpy as np


def binary_cross_entropy(y, z):
    log_p = -np.logaddexp(0, -z)
    log_1p = -np.logaddexp(0, z)
    return -np.mean(y * log_p + (1 - y) * log_1p)
"""
RANKS = """import numpy as np


def roc_auc(y_true, y_score):
    y_true = np.asarray(y_true)
    y_score = np.asarray(y_score)
    n_pos = (y_true == 1).sum()
    n_neg = (y_true == 0).sum()
    if n_pos == 0 or n_neg == 0:
        return float("nan")
    less = (y_score[None, :] < y_score[:, None]).sum(axis=1)
    equal = (y_score[None, :] == y_score[:, None]).sum(axis=1)
    ranks = less + (equal + 1) / 2
    u = ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2
    return u / (n_pos * n_neg)
"""
PAIRS = """def auc(labels, scores):
    pos = [s for s, y in zip(scores, labels) if y == 1]
    neg = [s for s, y in zip(scores, labels) if y == 0]
    if not pos or not neg:
        return float("nan")
    wins = 0.0
    for a in pos:
        for b in neg:
            if a > b:
                wins += 1
            elif a == b:
                wins += 0.5
    return wins / (len(pos) * len(neg))
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
    "AdamW": (
        ADAMW,
        {
            "adamw/decay-sign-flipped": (("mul_(1 - self.lr", "mul_(1 + self.lr"),),
            "adamw/decay-without-lr": (("1 - self.lr * self.weight_decay", "1 - self.weight_decay"),),
            "adam/old-moment-not-decayed": ((".mul_(self.beta1).add_", ".add_"), (".mul_(self.beta2).addc", ".addc")),
            "adam/one-minus-beta-missing": ((", alpha=1 - self.beta1", ""), (", value=1 - self.beta2", "")),
            "adam/bias-correction-without-t": (("beta1 ** self.t", "beta1"), ("beta2 ** self.t", "beta2")),
            "adam/beta-times-t": (("beta1 ** self.t", "beta1 * self.t"), ("beta2 ** self.t", "beta2 * self.t")),
            "adam/sign-flipped": (("p.sub_(", "p.add_("),),
            "adam/no-root-over-v": (("v_hat.sqrt()", "v_hat"),),
            "adam/no-eps": (("(v_hat.sqrt() + self.eps)", "v_hat.sqrt()"),),
        },
    ),
    "AdamW, a function": (
        ADAMW_STEP,
        {
            "adamw/decay-sign-flipped": (("+ wd * w", "- wd * w"),),
            "adam/beta1-in-both-moments": (("b2 * v + (1 - b2)", "b1 * v + (1 - b1)"),),
            "adam/beta1-in-both-corrections": (("(1 - b2 ** t)", "(1 - b1 ** t)"),),
            "adam/no-bias-correction": ((" / (1 - b1 ** t)", ""), (" / (1 - b2 ** t)", "")),
            "adam/old-moment-not-decayed": (("b1 * m", "m"), ("b2 * v", "v")),
            "adam/eps-inside-the-root": (("np.sqrt(vh) + eps", "np.sqrt(vh + eps)"),),
        },
    ),
    "momentum, torch": (
        MOMENTUM_TORCH,
        {
            "momentum/old-velocity-not-decayed": (("self.momentum * buf", "buf"),),
            "momentum/sign-flipped": (("p.sub_(", "p.add_("),),
            "momentum/lr-ignored": (("sub_(self.lr * buf", "sub_(buf"), ("add_(self.lr * buf", "add_(buf")),
        },
    ),
    "SGD": (
        SGD_STEP,
        {
            "sgd/gradient-added": (("-= ", "+= "),),
            "sgd/lr-ignored": (("lr * p.grad", "p.grad"),),
            "sgd/gradient-normalised": (("p.grad\n", "p.grad / p.grad.norm()\n"),),
        },
    ),
    "KL of logits": (
        KL_LOGITS,
        {
            "kl_divergence/sign-flipped": (("return kl", "return -kl"),),
            "kl_divergence/mean-over-elements": ((".sum(dim=-1)", ""),),
        },
    ),
    "KL, a loop": (
        KL_LOOP,
        {
            "kl_divergence/weighted-by-q": (("+= pi *", "+= qi *"),),
            "kl_divergence/ratio-upside-down": (("pi / qi", "qi / pi"),),
            "kl_divergence/finite-where-q-is-zero": (("return math.inf", "continue"),),
        },
    ),
    "cross-entropy, torch": (
        ENTROPY_TORCH,
        {
            "cross_entropy/sign-missing-of-logits": (("-log_probs.gather", "log_probs.gather"),),
            "cross_entropy/softmax-over-the-wrong-axis": (("(logits - m).sum(dim=-1", "(logits - m).sum(dim=0"),),
            "cross_entropy/base-2-logarithm-of-the-normaliser": (("torch.log(torch.exp", "torch.log2(torch.exp"),),
        },
    ),
    "binary cross-entropy": (
        BINARY,
        {
            "cross_entropy/sign-missing-of-binary-logits": (("return -np", "return np"),),
            "cross_entropy/only-the-positive-term-of-logits": ((" + (1 - y) * log_1p", ""),),
        },
    ),
    "AUC of ranks": (
        RANKS,
        {
            "roc_auc/own-pairs-not-subtracted": ((" - n_pos * (n_pos + 1) / 2", ""),),
            "roc_auc/divided-by-all-pairs": (("n_pos * n_neg)", "len(y_true) * (len(y_true) - 1) / 2)"),),
            "roc_auc/tied-ranks-the-highest": (("(equal + 1) / 2", "equal"),),
            "roc_auc/descending-ranks": (("y_score[None, :] < y", "y_score[None, :] > y"),),
            "roc_auc/ranks-from-0": (("(equal + 1) / 2", "(equal - 1) / 2"),),
        },
    ),
    "AUC of pairs": (
        PAIRS,
        {
            "roc_auc/ties-not-counted": (("            elif a == b:\n                wins += 0.5\n", ""),),
            "roc_auc/ties-counted-whole": (("wins += 0.5", "wins += 1"),),
            "roc_auc/divided-by-all-pairs": (("len(pos) * len(neg)", "len(labels) * (len(labels) - 1) / 2"),),
            "roc_auc/pairs-won-not-divided": ((" / (len(pos) * len(neg))", ""),),
            "roc_auc/descending-ranks": (("if a > b", "if a < b"),),
        },
    ),
}  # fmt: skip
CANCEL = [
    {"kl_divergence/sign-flipped", "kl_divergence/ratio-upside-down"},
    {"adam/no-root-over-v", "adam/eps-inside-the-root"},
    {"kl_divergence/zero-times-log-zero", "kl_divergence/ratio-upside-down"},
    {"cross_entropy/softmax-over-the-wrong-axis", "cross_entropy/max-of-the-whole-batch"},
    {"kl_divergence/sign-flipped", "kl_divergence/weighted-by-q"},
    {"kl_divergence/ratio-upside-down", "kl_divergence/weighted-by-q"},
    {"roc_auc/ties-not-counted", "roc_auc/ties-counted-whole"},
    {"roc_auc/descending-ranks", "roc_auc/tied-ranks-the-highest"},
    {"roc_auc/descending-ranks", "roc_auc/ties-counted-whole"},
    {"roc_auc/divided-by-all-pairs", "roc_auc/pairs-won-not-divided"},
    {"roc_auc/tied-ranks-the-highest", "roc_auc/ranks-from-0"},
    {"adam/no-bias-correction", "adam/beta1-in-both-corrections"},
    {"adam/bias-correction-without-t", "adam/beta-times-t"},
    {"adam/no-root-over-v", "adam/no-eps"},
    {"adam/old-moment-not-decayed", "adam/beta1-in-both-moments"},
    {"adamw/decay-sign-flipped", "adamw/decay-without-lr"},
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
