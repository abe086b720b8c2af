"""What is not here and can be done without has a stand-in; nobody is blamed for it."""

import pytest

from byhand.judge.judge import judge
from byhand.judge.reading.notebook import read

CE = (
    "def cross_entropy(logits, y):\n    log_p = logits - np.logaddexp.reduce(logits, 1)[:, None]\n"
    "    return -np.mean(log_p[np.arange(len(y)), y])\n"
)
BODY = (
    "    def step(self):\n        for p in self.params:\n            if p.grad is not None:\n"
    "                p.data = p.data - self.lr * p.grad\n"
)
INIT = "    def __init__(self, params, lr=0.1):\n        super().__init__(params, lr)\n"
NUMPY = "import numpy as np\n"
GOOD = {
    "a decorator": NUMPY + "from numba import njit\n\n@njit\n" + CE,
    "a decorator with arguments": NUMPY + "import numba as nb\n\n@nb.jit(nopython=True, cache=True)\n" + CE,
    "a decorator with some of its arguments": (
        NUMPY + "from functools import partial\nfrom jax import jit\n\n@partial(jit, static_argnums=(2,))\n" + CE
    ),
    "a decorator without an import": NUMPY + "\n@timer\n" + CE,
    "a loop of the decorating module": (
        "from numba import njit, prange\n\n@njit(parallel=True)\ndef sgd(w, g, lr):\n    out = w.copy()\n"
        "    for i in prange(len(w)):\n        out[i] = w[i] - lr * g[i]\n    return out\n"
    ),
    "a decorator from a star": NUMPY + "from utils import *\n\n@typechecked\n" + CE,
    "annotations": (
        NUMPY
        + "from jaxtyping import Float, Int\nfrom torch import Tensor\n\n"
        + CE.replace("logits, y", "logits: Float[Tensor, 'b v'], y: Int[Tensor, 'b']", 1)
    ),
    "annotations without an import": NUMPY + CE.replace("logits, y", "logits: Logits, y: Optional[Labels] = None", 1),
    "a base class": "from .base import BaseOptimizer\n\nclass SGD(BaseOptimizer):\n" + INIT + BODY,
    "a base class of a module": "import mylib.optim as mo\n\nclass SGD(mo.Base):\n" + INIT + BODY,
    "a base class without an import": "class SGD(Optimizer):\n" + INIT + BODY,
    "a base class as torch has it": (
        "class SGD(Optimizer):\n    def __init__(self, params, lr=0.1):\n"
        "        super().__init__(params, dict(lr=lr))\n"
        "    def step(self):\n        for group in self.param_groups:\n            for p in group['params']:\n"
        "                if p.grad is not None:\n                    p.data = p.data - group['lr'] * p.grad\n"
    ),
    "hyperparameters that the base keeps": (
        "from d2l import torch as d2l\n\nclass SGD(d2l.HyperParameters):\n    def __init__(self, params, lr):\n"
        "        self.save_hyperparameters()\n" + BODY
    ),
    "attributes that a function keeps": (
        "import fastcore.all as fc\n\nclass SGD:\n    def __init__(self, params, lr):\n"
        "        params = list(params)\n        fc.store_attr()\n" + BODY
    ),
    "NumPy under another name": "import cupy as cp\n\n" + CE.replace("np.", "cp."),
    "NumPy of a library": "import autograd.numpy as np\n\n" + CE,
    "NumPy from a library": "from mxnet import autograd, np, npx\n\nnpx.set_np()\n\n" + CE,
    "NumPy from a library under another name": "from jax import jit, numpy as jnp\n\n@jit\n"
    + CE.replace("np.", "jnp."),
    "NumPy of the program's own module": "from .backend import xp\n\n" + CE.replace("np.", "xp."),
    "NumPy chosen by CuPy": "import cupy as cp\n\n"
    + CE.replace(":\n", ":\n    xp = cp.get_array_module(logits)\n", 1).replace("np.", "xp."),
    "functions of JAX beside those of NumPy": (
        "import jax\nimport jax.numpy as jnp\n\n@jax.jit\ndef cross_entropy(x, y):\n"
        "    hot = jax.nn.one_hot(y, x.shape[-1])\n    return -(hot * jax.nn.log_softmax(x)).sum(-1).mean()\n"
    ),
    "a graph of updates for old Keras": (
        "from keras import backend as K\nfrom keras.optimizers import Optimizer\n\nclass SGD(Optimizer):\n"
        "    def __init__(self, lr=0.1, **kwargs):\n        super().__init__(**kwargs)\n"
        "        self.lr = K.variable(lr)\n    def get_updates(self, loss, params):\n"
        "        grads = self.get_gradients(loss, params)\n"
        "        return [K.update(p, p - self.lr * g) for p, g in zip(params, grads)]\n"
    ),
    "a graph of updates for Theano": (
        "import theano.tensor as T\n\ndef sgd(cost, params, lr=0.1):\n"
        "    return [(p, p - lr * g) for p, g in zip(params, T.grad(cost, params))]\n"
    ),
    "NumPy chosen by the program's own module": "from here import cuda\n\n"
    + CE.replace(":\n", ":\n    xp = cuda.get_array_module(logits)\n", 1).replace("np.", "xp."),
}


def judged(text):
    (judgement,) = judge(read(text.encode(), "a.py")).judgements
    return judgement


@pytest.mark.parametrize("kind", GOOD)
def test_what_can_be_done_without_is_done_without(kind):
    judgement = judged(GOOD[kind])
    assert judgement.verdict in ("right", "convention"), judgement
    noted = [finding for finding in judgement.findings if finding.note == "stand-in"]
    assert bool(noted) == ("annotations" not in kind)


WRONG = "from numba import njit\n\n@njit\ndef sgd(w, g, lr):\n    return w + lr * g\n"


def test_a_mistake_below_a_stand_in_is_named():
    judgement = judged(WRONG)
    assert [finding.mistake for finding in judgement.findings if finding.kind == "mistake"] == ["sgd/gradient-added"]


BLOCKED = {
    "a method of the base": "from .base import Base\n\nclass SGD(Base):\n"
    + INIT
    + "    def step(self):\n        self.apply_all(lambda p: p - self.lr * p.grad)\n",
    "a function that is not here": (
        "from utils import log_softmax\n\ndef cross_entropy(x, y):\n"
        "    return -log_softmax(x)[range(len(y)), y].mean()\n"
    ),
    "a function that is not here, after a count of classes": (
        "import numpy as np\nfrom layers import one_hot\n\ndef softmax_loss(W, X, y, reg):\n"
        "    num_classes = W.shape[1]\n    z = X.dot(W)\n    hot = one_hot(y, num_classes)\n"
        "    return np.mean(np.log(np.exp(z).sum(1)) - (z * hot).sum(1)) + reg * np.sum(W * W)\n"
    ),
    "a class of tensors that is not here": (
        "import numpy as np\nimport mytorch.tensor as tensor\n\ndef cross_entropy(pred, target):\n"
        "    top = tensor.Tensor(np.amax(pred.data, axis=1)).reshape(-1, 1)\n"
        "    log_p = pred - top - (pred - top).exp().sum(1).log().reshape(-1, 1)\n"
        "    return tensor.sum(log_p * target) * (-1 / len(pred.data))\n"
    ),
    "a result that is not here": (
        "import numpy as np\nfrom mytorch import Tensor\n\ndef cross_entropy(logits: Tensor, targets: Tensor):\n"
        "    p = np.exp(logits.data) / np.exp(logits.data).sum(-1, keepdims=True)\n"
        "    return Tensor(np.mean(-np.log(np.sum(targets.data * p, axis=-1))), parents=(logits,))\n"
    ),
    "what NumPy has not": (
        "import jax\nimport jax.numpy as jnp\n\ndef cross_entropy(x, y):\n"
        "    z = jax.lax.associative_scan(jnp.logaddexp, x, axis=1)[:, -1]\n"
        "    return (z - x[jnp.arange(len(y)), y]).mean()\n"
    ),
}


@pytest.mark.parametrize("kind", BLOCKED)
def test_what_cannot_be_done_without_blocks(kind):
    judgement = judged(BLOCKED[kind])
    assert (judgement.verdict, judgement.stopped) == ("blocked", "missing"), judgement


def test_modules_that_are_never_imported_are_given_under_their_usual_names():
    text = "def cross_entropy(p, y):\n    return -np.log(p[np.arange(len(y)), y]).mean()\n"
    judgement = judge(read(text.encode(), "a.py")).judgements[0]
    assert judgement.verdict == "right", judgement
    (note,) = [finding for finding in judgement.findings if finding.note == "not imported"]
    assert note.detail == {"names": "numpy (np)"}


def test_a_name_that_the_program_binds_itself_is_its_own():
    text = "np = None\ndef cross_entropy(p, y):\n    return -np.log(p[range(len(y)), y]).mean()\n"
    judgement = judge(read(text.encode(), "a.py")).judgements[0]
    assert judgement.verdict == "unrecognised"
    assert not judgement.findings


def test_parameters_that_nothing_is_known_to_hand_over_for_are_named():
    text = (
        "import numpy as np\ndef cross_entropy(p, y, mask, costs):\n    return -(mask * costs * y * np.log(p)).sum()\n"
    )
    judgement = judge(read(text.encode(), "a.py")).judgements[0]
    assert (judgement.verdict, judgement.stopped, judgement.detail) == ("unrecognised", "no way", "mask, costs")


def test_a_backward_pass_that_needs_what_is_not_here_is_not_accused():
    text = (
        "import torch\nfrom layers import *\n\nclass CrossEntropy:\n    def __call__(self, x, y):\n"
        "        self.x, self.y = x, y\n        return (x.logsumexp(1) - x[torch.arange(len(y)), y]).mean()\n\n"
        "    def backward(self):\n        return (softmax(self.x) - one_hot(self.y)) / len(self.y)\n"
    )
    judgement = judged(text)
    assert judgement.verdict == "right", judgement
    assert "backward not called" in [finding.note for finding in judgement.findings]


@pytest.mark.parametrize("decorator", ["@torch.compile", "@torch.compile(dynamic=True)"])
def test_nothing_is_compiled(decorator):
    text = (
        f"import sys\nimport torch\n\n{decorator}\ndef cross_entropy(x, y):\n"
        "    assert 'torch._dynamo' not in sys.modules\n"
        "    return (x.logsumexp(-1) - x[torch.arange(len(y)), y]).mean()\n"
    )
    assert judged(text).verdict == "right"


def test_a_parameter_is_not_missing_where_the_file_binds_its_name():
    text = (
        "import numpy as np\nfrom layers import softmax\n\nfor W in [1]:\n    W = W + 1\n\n"
        "def cross_entropy(W, y):\n    n = len(W)\n    return -np.log(softmax(W))[range(n), y].mean()\n"
    )
    judgement = judged(text)
    assert judgement.verdict == "blocked"
    assert "'softmax'" in judgement.detail
