"""What is not written yet is neither right nor wrong; what the library computes is neither."""

import pytest

from byhand.judge.judge import judge
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.report import exit_code

TEMPLATES = {
    "pass": "def cross_entropy(logits, target):\n    pass",
    "an ellipsis": 'def kl_divergence(p, q):\n    """KL(P ‖ Q)."""\n    ...',
    "an exception": "def adam(params, grads, m, v, t):\n    raise NotImplementedError('your turn')",
    "a value to fill in": "def roc_auc(y_true, y_score):\n    auc = None  # TODO\n    return auc",
    "zeros to fill in": (
        "def softmax_cross_entropy(x, y):\n    loss = 0.0\n    dx = np.zeros_like(x)\n"
        "    # your code here\n    pass\n    return loss, dx"
    ),
    "an empty loop": (
        "class SGD:\n    def __init__(self, params, lr):\n        self.params, self.lr = list(params), lr\n"
        "    def step(self):\n        for p in self.params:\n            # TODO\n            pass"
    ),
    "a result that is still None": (
        "def sgd_momentum(w, dw, config):\n    config.setdefault('momentum', 0.9)\n"
        "    v = config.get('velocity', np.zeros_like(w))\n    next_w = None\n    pass\n"
        "    config['velocity'] = v\n    return next_w, config"
    ),
    "a result that nothing is computed for": (
        "def adam(w, dw, config=None):\n    config = config or {}\n    config.setdefault('beta1', 0.9)\n"
        "    config.setdefault('m', np.zeros_like(w))\n    next_w = None\n    # TODO\n    return next_w, config"
    ),
    "an exception with a return below": (
        "def roc_auc(y_true, y_score):\n    raise NotImplemented\n    return np.array(result)"
    ),
    "an empty class": "class AdamW:\n    pass",
    "a class of torch": (
        "class Momentum(torch.optim.Optimizer):\n    def __init__(self, params, lr):\n"
        "        super().__init__(params, {'lr': lr})\n    def step(self):\n        raise NotImplementedError"
    ),
}
HEAD = "import numpy as np\nimport torch\nimport torch.nn.functional as F\n\n"
LIBRARY = {
    "a loss": "def cross_entropy(x, y):\n    return F.cross_entropy(x, y)",
    "a metric": (
        "from sklearn.metrics import roc_auc_score\n\ndef roc_auc(y_true, y_score):\n"
        "    return roc_auc_score(y_true, y_score)"
    ),
    "a subclass": "class MyAdam(torch.optim.Adam):\n    pass",
}


def verdicts(text):
    report = judge(read((HEAD + text).encode(), "a.py"))
    return {judgement.definition.name: judgement.verdict for judgement in report.judgements}, report


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_template_is_to_be_written(kind):
    found, report = verdicts(TEMPLATES[kind])
    assert list(found.values()) == ["todo"]
    assert exit_code(report) == 2
    assert not report.judgements[0].findings


def test_what_is_written_beside_a_template_is_judged():
    found, report = verdicts(TEMPLATES["pass"] + "\n\ndef sgd(w, g, lr):\n    return w - lr * g\n")
    assert found == {"cross_entropy": "todo", "sgd": "right"}
    assert exit_code(report) == 0


def test_a_class_of_fields_is_written():
    state = "from dataclasses import dataclass\n\n@dataclass\nclass AdamWState:\n    step: int\n    m: np.ndarray\n"
    assert verdicts(state)[0] == {"AdamWState": "unrecognised"}


def test_a_template_of_something_else_is_left_alone():
    found, _ = verdicts(
        "class Optimizer:\n    def step(self):\n        raise NotImplementedError\n\ndef f(x):\n    pass"
    )
    assert set(found.values()) == {"unrecognised"}


@pytest.mark.parametrize(
    "text",
    [
        "def sgd(w, g, lr):\n    # TODO\n    pass\n    return w - lr * g",
        "def kl_divergence(p, q):\n    ...\n    return (p * (p / q).log()).sum(-1)",
    ],
)
def test_a_placeholder_that_was_left_in_place_does_no_harm(text):
    assert set(verdicts(text)[0].values()) <= {"right", "fragile"}


@pytest.mark.parametrize("kind", LIBRARY)
def test_what_the_library_computes_is_said_to_be_so(kind):
    found, report = verdicts(LIBRARY[kind])
    assert list(found.values()) == ["library"]
    assert (exit_code(report), exit_code(report, strict=True)) == (0, 1)


def test_the_same_file_gets_the_same_report_and_another_seed_other_inputs():
    program = read(b"def sgd(w, g, lr):\n    return w + lr * g * g\n", "a.py")
    first, again, other = judge(program), judge(program), judge(program, seed=7)
    assert first.judgements == again.judgements
    assert first.seed == again.seed == program.seed != other.seed
