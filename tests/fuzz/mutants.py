"""Right programs and mutants of them. A mutant that computes something else must not be called right.

Whether it does on ordinary input is found by running it here, without the judge.
"""

from __future__ import annotations

import ast
import copy
import math
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

BASES = {
    "cross_entropy/torch": """
import torch

def cross_entropy(logits, labels):
    top = logits.max(dim=1, keepdim=True).values
    lse = top.squeeze(1) + torch.log(torch.exp(logits - top).sum(dim=1))
    picked = logits[torch.arange(len(labels)), labels]
    return (lse - picked).mean()
""",
    "cross_entropy/numpy": """
import numpy as np

def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)

def cross_entropy_loss(logits, y):
    p = softmax(logits)
    return -np.mean(np.log(p[np.arange(y.shape[0]), y]))
""",
    "cross_entropy/python": """
import math

def cross_entropy(probs, target):
    total = 0.0
    for row, k in zip(probs, target):
        total -= math.log(row[k])
    return total / len(target)
""",
    "cross_entropy/class": """
import torch

class CrossEntropyLoss:
    def __call__(self, logits, target):
        shifted = logits - logits.max(-1, keepdim=True).values
        log_probs = shifted - shifted.exp().sum(-1, keepdim=True).log()
        return -log_probs.gather(1, target.unsqueeze(1)).mean()
""",
    "kl_divergence/numpy": """
import numpy as np

def kl_divergence(p, q):
    out = np.zeros_like(p)
    mask = p > 0
    out[mask] = p[mask] * (np.log(p[mask]) - np.log(q[mask]))
    return np.sum(out)
""",
    "kl_divergence/logits": """
import torch

def kl_from_logits(p_logits, q_logits):
    log_p = torch.log_softmax(p_logits, dim=-1)
    log_q = torch.log_softmax(q_logits, dim=-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).mean()
""",
    "roc_auc/pairs": """
def roc_auc(y_true, y_score):
    pos = [s for s, y in zip(y_score, y_true) if y == 1]
    neg = [s for s, y in zip(y_score, y_true) if y == 0]
    wins = 0.0
    for a in pos:
        for b in neg:
            if a > b:
                wins += 1
            elif a == b:
                wins += 0.5
    return wins / (len(pos) * len(neg))
""",
    "roc_auc/ranks": """
import numpy as np

def auc(labels, scores):
    order = np.argsort(scores, kind="mergesort")
    ranks = np.empty(len(scores))
    ordered = scores[order]
    i = 0
    while i < len(scores):
        j = i
        while j + 1 < len(scores) and ordered[j + 1] == ordered[i]:
            j += 1
        ranks[order[i:j + 1]] = (i + j) / 2 + 1
        i = j + 1
    n_pos = np.sum(labels == 1)
    n_neg = len(labels) - n_pos
    return (np.sum(ranks[labels == 1]) - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
""",
    "sgd/torch": """
class SGD:
    def __init__(self, params, lr):
        self.params = list(params)
        self.lr = lr

    def step(self):
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
""",
    "momentum/numpy": """
import numpy as np

def momentum_update(w, grad, v, lr, momentum):
    v = momentum * v + grad
    w = w - lr * v
    return w, v
""",
    "adam/torch": """
import torch

class Adam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
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
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad ** 2
            m_hat = self.m[i] / (1 - b1 ** self.t)
            v_hat = self.v[i] / (1 - b2 ** self.t)
            p -= self.lr * m_hat / (torch.sqrt(v_hat) + self.eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
""",
    "adamw/numpy": """
import numpy as np

def adamw(w, g, m, v, t, lr, beta1, beta2, eps, weight_decay):
    w = w - lr * weight_decay * w
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1 ** t)
    v_hat = v / (1 - beta2 ** t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, m, v
""",
}
"""By task and style. Their results for :func:`_numbers` are the reference for all of their mutants."""
SECONDS = 10.0
"""Processor time that a changed program may take; a right one takes milliseconds."""
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


@dataclass(frozen=True)
class Mutant:
    """A right program with a change."""

    base: str
    source: str
    same: bool
    """Whether it still computes the same on ordinary input."""
    convention: bool
    """Whether it computes the same under another convention: a sum for a mean, another base."""


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    """Right programs with one change, drawn by ``seed``; those that do not run are left out."""
    rng = random.Random(seed)
    made: set[str] = set()
    while len(made) < count:
        base = rng.choice(sorted(BASES))
        source = _changed(BASES[base], rng)
        if source is None or source in made:
            continue
        numbers = _numbers(base, source)
        if numbers is None:
            continue
        made.add(source)
        right = _numbers(base, BASES[base])
        loss = base.startswith(("cross", "kl"))
        other = loss and any(_alike(numbers, right * by) or _alike(numbers * by, right) for by in FACTORS)
        yield Mutant(base, source, _alike(numbers, right), other)


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    return len(a) == len(b) and np.allclose(a, b, rtol=1e-6, atol=1e-9)


def _changed(source: str, rng: random.Random) -> str | None:
    """The program with one node changed; None if that node cannot be changed."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Constant | ast.Compare)]
    node = rng.choice(nodes)
    before = ast.dump(node)
    if isinstance(node, ast.BinOp):
        how = rng.randrange(4)
        if how == 0:
            node.op = rng.choice(OPERATORS)()
        elif how == 1:
            node.left, node.right = node.right, node.left
        else:  # only one operand
            kept = copy.deepcopy(node.left if how == 2 else node.right)
            node.left, node.op, node.right = kept, ast.Mult(), ast.Constant(1.0)
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.USub()
    elif isinstance(node, ast.Compare):
        node.ops = [rng.choice((ast.Lt, ast.Gt, ast.LtE, ast.GtE, ast.Eq, ast.NotEq))()]
    elif type(node.value) in (int, float):
        node.value = rng.choice((node.value + 1, node.value - 1, node.value * 1.1, node.value * 2))
    return ast.unparse(tree) if ast.dump(node) != before else None


def _numbers(base: str, source: str) -> np.ndarray | None:
    """The results of a program on ordinary input, called like its base; None if it fails or does not end."""
    names: dict[str, object] = {}
    try:
        with np.errstate(all="ignore"), _limited(SECONDS):
            exec(compile(source, "<mutant>", "exec"), names)  # our own code
            found = np.asarray(_CALLS[base](names), np.float64).ravel()
    except Exception:
        return None
    return found


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in a block that takes longer: a changed loop may have no end."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _draw(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(-2, 2, shape)


def _rows() -> np.ndarray:
    x = np.exp(_draw(2, 5, 4))
    return x / x.sum(-1, keepdims=True)


LABELS = np.array([0, 3, 1, 2, 1])
SCORES, TRUTH = np.array([0.1, 0.4, 0.45, 0.8, 0.3, 0.7, 0.2]), np.array([0, 1, 0, 1, 0, 0, 1])  # ties are an edge
FACTORS = (5, 4, 20, math.log(2))
"""The numbers of rows, of columns, of both, and log 2: factors of other conventions."""


def _by_torch(name: str, *arrays: np.ndarray):
    def call(names):
        function = names[name]() if isinstance(names[name], type) else names[name]
        first, *rest = (torch.from_numpy(array.copy()) for array in arrays)
        value = function(first.requires_grad_(), *rest)
        value.backward()
        return [value.item(), *first.grad.numpy().ravel()]

    return call


def _stepped(name: str, **options):
    def call(names):
        theta = [torch.nn.Parameter(torch.from_numpy(_draw(3))), torch.nn.Parameter(torch.from_numpy(_draw(2, 2)))]
        optimizer = names[name](theta, **options)
        for k in range(5):
            for p in theta:
                p.grad = torch.from_numpy(np.asarray(_draw(7, *p.shape)[k] * 10.0 ** (k - 3)))
            optimizer.step()
        return np.concatenate([p.detach().numpy().ravel() for p in theta])

    return call


def _moved(name: str, states: int, *options: float):
    def call(names):
        w, kept, path = _draw(4), [np.zeros(4)] * states, []
        for k in range(5):
            counted = (k + 1,) if states == 2 else ()
            w, *kept = names[name](w, _draw(7, 4)[k] * 10.0 ** (k - 3), *kept, *counted, *options)
            path.append(w)
        return np.concatenate(path)

    return call


_CALLS = {
    "cross_entropy/torch": _by_torch("cross_entropy", _draw(5, 4), LABELS),
    "cross_entropy/numpy": lambda names: names["cross_entropy_loss"](_draw(5, 4), LABELS),
    "cross_entropy/python": lambda names: names["cross_entropy"](_rows()[0].tolist(), LABELS.tolist()),
    "cross_entropy/class": _by_torch("CrossEntropyLoss", _draw(5, 4), LABELS),
    "kl_divergence/numpy": lambda names: [names["kl_divergence"](*_rows()[:, i]) for i in range(4)],
    "kl_divergence/logits": _by_torch("kl_from_logits", _draw(5, 4), 0.7 * _draw(5, 4)[::-1]),
    "roc_auc/pairs": lambda names: names["roc_auc"](TRUTH.tolist(), SCORES.tolist()),
    "roc_auc/ranks": lambda names: names["auc"](TRUTH, SCORES),
    "sgd/torch": _stepped("SGD", lr=0.13),
    "momentum/numpy": _moved("momentum_update", 1, 0.13, 0.7),
    "adam/torch": _stepped("Adam", lr=0.13, betas=(0.7, 0.93), eps=1e-3),
    "adamw/numpy": _moved("adamw", 2, 0.13, 0.7, 0.93, 1e-3, 0.2),
}
assert _CALLS.keys() == BASES.keys()
assert math.isfinite(sum(float(np.sum(_numbers(base, source))) for base, source in BASES.items()))
