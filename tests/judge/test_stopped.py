"""What stops an optimizer in a cell is said; what can't be called as what it is said to be, too."""

import pytest

from byhand.judge.judge import judge
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.json_form import as_json
from byhand.judge.reporting.report import exit_code, how, sections
from byhand.judge.session import Session
from byhand.sandbox import Stopped

STEP = """
def {name}(theta, g, m, v, t, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    {first}
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return theta - lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps), m, v
"""


@pytest.fixture(scope="module")
def judgements():
    first = {
        "adam": "open('/etc/passwd').read()",
        "adam_step": "socket.create_connection(('127.0.0.1', 80))",
        "adam_update": "subprocess.run(['ls'])",
        "my_adam": "torch.save(theta, '/tmp/x')",
        "adam2": "x = [0] * 10**10",
        "adam_optimizer": "m = m.foo()",
        "f": "pass",
    }
    text = "import socket\nimport subprocess\nimport torch\n" + "".join(
        STEP.format(name=name, first=line) for name, line in first.items()
    )
    text += "def g(a):\n    return 2 * a\ndef h(w, g, lr, betas):\n    return str(lr * 2)\n"
    report = judge(read(text.encode(), "program.py"), names={"f": "adam", "g": "adam", "h": "sgd"})
    return {judgement.definition.name: judgement for judgement in report.judgements}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("adam", "forbidden"),
        ("adam_step", "forbidden"),
        ("adam_update", "forbidden"),
        ("my_adam", "forbidden"),
        ("adam2", "too much memory"),
        ("adam_optimizer", "error"),
    ],
)
def test_what_stops_it_is_said(judgements, name, kind):
    assert (judgements[name].verdict, judgements[name].stopped) == ("stopped", kind)
    assert judgements[name].line is not None


def test_what_the_user_says_is_followed_or_answered(judgements):
    assert judgements["f"].verdict == "right"
    for name in ("g", "h"):
        assert judgements[name].verdict == "unrecognised"
        assert judgements[name].stopped in ("no way", "no result", "not called")


REFUSED = {
    "def sgd(params, grads, lr, nu):\n    return params - lr * grads * nu\n": "sgd(nu)",
    "class Adam:\n    def __init__(self, params, lr):\n        self.p = params\n    def forward_pass(self):\n"
    "        return self.p * 2\n    def report(self):\n        return 1 + 1\n": "Adam.forward_pass, Adam.report",
    "class SGD:\n    def __init__(self, lr):\n        self.lr = lr\n    def step(self, params, project):\n"
    "        for p in params:\n            p.data -= self.lr * project(p.grad)\n": "SGD.step(project)",
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.items())
def test_a_refusal_names_what_stopped_it(text, reason):
    report = judge(read(text.encode(), "program.py"))
    (judgement,) = report.judgements
    assert (judgement.verdict, judgement.stopped, judgement.detail) == ("unrecognised", "no way", reason)
    assert reason in next(iter(sections(report, "en"))).stopped


@pytest.mark.parametrize(
    "text",
    [
        "def sgd(params, lr):\n    for p in params:\n        p.soft_update(lr * p.grad)\n",
        "import numpy as np\ndef sgd(params, lr):\n    for p in params:\n        p += -lr * np.sign(1) * p.grad\n",
        "def sgd(layers, lr):\n    for l in layers:\n        l.W -= lr * l.dW * l.scale\n        l.b -= lr * l.db\n",
    ],
)
def test_what_a_stand_in_of_ours_can_not_do_is_no_fault(text):
    (judgement,) = judge(read(text.encode(), "program.py")).judgements
    assert judgement.verdict in ("unrecognised", "right"), judgement


def test_what_is_left_to_be_written_is_no_mistake():
    text = STEP.format(name="adam", first="g = g + 0.0 * theta\n    raise NotImplementedError('your code here')")
    (judgement,) = judge(read(text.encode(), "program.py")).judgements
    assert (judgement.verdict, judgement.task) == ("todo", "adam")


@pytest.mark.parametrize("name", ["SGDWithWarmup", "LookbackSGD", "sgd_cosine"])
def test_a_further_word_in_a_name_may_mean_another_formula(name):
    text = "def {}(w, g, lr):\n    return w - lr * g * abs(w) ** 1.5\n"
    verdicts = [judge(read(text.format(one).encode(), "a.py")).judgements[0].verdict for one in (name, "my_sgd")]
    assert verdicts == ["unrecognised", "unknown"]


PATCHED = """
import builtins, dataclasses, inspect, json, os, sys, traceback
import numpy as np
import torch
def sgd(theta, g, lr):
    {patch}
    return theta - lr * g
"""


@pytest.mark.parametrize(
    "patch",
    [
        "np.frombuffer = np.array = np.asarray = np.empty = None",
        "np.ndarray = torch.Tensor = torch.from_numpy = torch.empty = None",
        "dataclasses.fields = inspect.signature = traceback.walk_tb = json.dumps = None",
    ],
)
def test_who_replaces_functions_of_libraries_is_judged(patch):
    text = PATCHED.format(patch=patch)
    assert judge(read(text.encode(), "program.py")).judgements[0].verdict == "right"


@pytest.mark.parametrize(
    "patch",
    [
        "sys.modules.clear()",
        "builtins.isinstance = None",
        "json.encoder.JSONEncoder.encode = None",
        "os.write = None",
        "sys._getframe(1).f_locals['self'].request = lambda *given: ({'ok': True}, b'')",
    ],
)
def test_who_breaks_what_answers_has_ended_it(patch):
    text = PATCHED.format(patch=patch)
    judgement = judge(read(text.encode(), "program.py")).judgements[0]
    assert (judgement.verdict, judgement.stopped) == ("stopped", "gone"), judgement


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("def sgd_" + "a" * 5000 + "(theta, g, lr):\n    return theta - lr * g\n", "unrecognised"),
        ("def sgd(theta, g, lr=" + "9" * 4000 + "):\n    return theta - lr * g\n", "right"),
        ("def sgd(theta, g, lr=(0.1, -" + "9" * 4000 + ")):\n    return theta - lr * g\n", "right"),
        ("def sgd(theta, g, lr):\n    return theta - lr * g + 0 % " + "9" * 4000 + "\n", "right"),
        ("def sgd(theta, g, lr={[]: 1}):\n    return theta - lr * g\n", "stopped"),
    ],
)
def test_what_is_too_long_for_a_request_or_a_float_is_no_failure_of_ours(text, verdict):
    assert judge(read(text.encode(), "program.py")).judgements[0].verdict == verdict


def test_numbers_of_another_shape_than_was_said_are_a_broken_channel():
    answers = {"call": {"ok": True, "seconds": 0.0, "leaves": [{"path": "", "type": "float", "shape": []}]}}
    answers["get"] = {"ok": True, "dtype": "f8", "shape": [2]}
    session = Session(lambda items: [(answers[header["op"]], bytes(16)) for header, _ in items])
    session.call("@out", "f")
    with pytest.raises(Stopped, match="does not have the announced shape"):
        session.get("@out")
    assert session.get("@other").shape == (2,)


def test_the_layers_of_a_cell_that_was_killed_are_told():
    report = judge(read(b"def kl_divergence(p, q):\n    while True:\n        pass\n", "program.py"))
    assert report.judgements[0].stopped == "too slow"
    told = as_json(report)
    assert told["sealed"] is True
    assert "seccomp" in told["layers"]
    assert "seccomp" in how(report)


def test_where_nothing_ran_nothing_is_called_sealed():
    report = judge(read(b"x = 1\ndef softmax(x):\n    return x\n", "program.py"))
    assert as_json(report)["sealed"] is None
    assert how(report) == "nothing was run"


NEEDS = {
    "from .base import Base": (
        "class SGD(Base):\n    def update(self, w, g, lr=0.1):\n        return self.move(w, lr * g)"
    ),
    "from utils import *": "def cross_entropy(logits, y):\n    return -log_softmax(logits)[y]",
    "from my_tensor import Tensor": "def cross_entropy(logits, y):\n    return Tensor(logits).mean()",
    "from no_such_module import EPS\nTINY = EPS": "def cross_entropy(p, y):\n    return -(p + TINY).log().mean()",
    "EPS = read_config('a.ini')\nTINY = EPS / 2": "def cross_entropy(p, y):\n    return -(p + TINY).log().mean()",
    "for TINY in (1e-3, 1e-8):\n    print(TINY)": "def cross_entropy(p, y):\n    return -(p + TINY).log().mean()",
    "import math": "def cross_entropy(p, y):\n    import no_such_module\n    return no_such_module.ce(p, y)",
}


@pytest.mark.parametrize("head", NEEDS)
def test_what_needs_something_that_is_not_here_is_nobodys_mistake(head):
    program = read(f"{head}\n\n{NEEDS[head]}\n".encode(), "a.py")
    report = judge(program)
    found = next(j for j in report.judgements if j.definition.name in ("SGD", "cross_entropy"))
    assert (found.verdict, found.stopped) == ("blocked", "missing")
    assert exit_code(report) == 2
    assert "something that this file does not have" in next(sections(report)).stopped


def test_a_name_that_nothing_should_have_bound_is_the_programs_own():
    report = judge(read(b"import math\n\ndef cross_entropy(logits, y):\n    return lgits.mean()\n", "a.py"))
    assert [j.verdict for j in report.judgements] == ["stopped"]
    assert exit_code(report) == 1


OWN = {
    "an argument that a library's function needs": (
        "import torch\nfrom torch import nn\n\nclass KL(nn.Module):\n    def forward(self, p_logits, q_logits):\n"
        "        p, q = torch.softmax(p_logits), torch.softmax(q_logits)\n"
        "        return torch.sum(p * (torch.log(p) - torch.log(q)), dim=-1)\n"
    ),
    "an attribute that nothing sets": (
        "import numpy as np\n\nclass NLLCriterionUnstable:\n    EPS = 1e-15\n\n    def forward(self, p, target):\n"
        "        return -np.sum(target * np.log(p + self.eps)) / len(p)\n"
    ),
}


@pytest.mark.parametrize("kind", OWN)
def test_what_a_loss_stops_at_by_its_own_fault_is_said(kind):
    (judgement,) = judge(read(OWN[kind].encode(), "program.py")).judgements
    assert (judgement.verdict, judgement.stopped) == ("stopped", "error")
