"""The four optimizers before the judge: each page is named, nothing right is accused."""

import random
from itertools import combinations
from pathlib import Path

import pytest

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import program
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.judge import candidates
from byhand.judge.model import VERDICTS
from byhand.judge.optimizers.stream import GradientStream, round_stream, run
from byhand.judge.reading.methods import methods
from byhand.judge.reading.notebook import read
from byhand.judge.session import Session
from byhand.judge.tasks import task
from byhand.sandbox.machine import Machine

HERE = Path(__file__).parent
TASKS = ("sgd", "momentum", "adam", "adamw")
CLASSES = {"sgd": "SGD", "momentum": "Momentum", "adam": "Adam", "adamw": "AdamW"}
PAGES = [(name, page) for name in TASKS for page in clinic.pages(name) if page.becomes]
FILES = [file for kind in ("wheats", "chaffs") for name in TASKS for file in sorted((HERE / kind / name).glob("*.py"))]

pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # what learners' programs do


@pytest.fixture(scope="module")
def machine():
    return Machine()


def judged(machine, text, seed=0, of=None):
    """The judgements of a program's definitions, or of one, each by the tasks that it may be."""
    program = read(text.encode(), "program.py")
    for definition in (one for outer in program.definitions for one in (outer, *methods(outer))):
        if of in (None, definition.name):
            for one in candidates(definition):
                session = Session(machine.requests)
                loaded = session.load(definition.program)
                assert loaded.ok, f"{loaded.error}: {loaded.message}"
                yield diagnose(one, session, definition, seed)


def named(judgement):
    """Ids of the pages that were found, and edges that no page knows, with hyphens."""
    findings = [finding for finding in judgement.findings if finding.kind != "note"]
    return {finding.mistake or finding.edge.replace(" ", "-") for finding in findings} - {""}


def alike(name, id):
    """Ids of the pages of a formula that no numbers tell from this one, and its own."""
    pages = {page.id: page for page in clinic.pages(name)}
    return {id, *(page.id for page in pages.values() if id in pages and page.name in pages[id].same)}


@pytest.mark.draw(8)
@pytest.mark.parametrize(("name", "page"), [pytest.param(n, p, id=f"{n}: {p.id}") for n, p in PAGES])
def test_a_page_is_told_from_all_others(machine, name, page):
    # `make clinic` tries every change; a page of another formula is tried there in all its ways
    for change in list(page.changes())[: 3 if page.formula == name else 1]:
        (judgement,) = judged(machine, clinic.changed(name, [change]), of=CLASSES[name])
        assert judgement.task == name
        assert len(named(judgement)) == 1, (change.becomes, judgement)
        assert named(judgement) <= alike(name, page.id), (change.becomes, judgement)


@pytest.mark.draw(12)
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}/{file.parts[-2]}/{file.stem}")
def test_a_learners_program_gets_its_verdict(machine, file):
    text = file.read_text("utf-8")
    verdict, *ids = text.partition("\n")[0].removeprefix("# expect: ").split()
    judgement = min(judged(machine, text, len(text)), key=lambda judgement: VERDICTS.index(judgement.verdict))
    assert (judgement.task, judgement.verdict) == (file.parent.name, verdict), judgement
    assert len(named(judgement)) == len(ids), judgement
    assert all(named(judgement) & alike(judgement.task, id) for id in ids), judgement


def test_every_page_has_its_chaff_and_every_task_ten_wheats():
    told = " ".join(file.read_text("utf-8").partition("\n")[0] for file in FILES if "chaffs" in file.parts).split()
    in_text = {"old-value-of-the-next-step"}  # probes of formulas in prose, which no program can fail
    pages = {page.id for name in TASKS for page in clinic.pages(name) if page.probe not in in_text}
    assert pages <= set(told)
    for name in TASKS:
        assert len(list((HERE / "wheats" / name).glob("*.py"))) >= 10


def pairs(name, count):
    """A sample of pairs of mistakes of different lines that no single mistake explains on ordinary input."""
    pages = [page for page in clinic.pages(name) if page.becomes and page.kind == "mistake"]
    shown = {page.id: _numbers(name, [next(page.changes())]) for page in pages}
    right = _numbers(name, [])
    found = []
    for a, b in combinations(pages, 2):
        if set(a.line.split("\n")) & set(b.line.split("\n")):
            continue
        both = _numbers(name, [next(a.changes()), next(b.changes())])
        if both and shown[a.id] != right != shown[b.id] and both not in (right, *shown.values()):
            found.append((a, b))
    return random.Random(0).sample(found, min(count, len(found)))


def _numbers(name, changes):
    """Where three round steps lead, as text; "" if they raise."""
    try:
        outcome = run(name, program(name, tuple(changes)), _stream(), together=True)
    except Exception:
        return ""
    return str({key: value.round(6).tolist() for key, value in outcome.values.items()})


def _stream() -> GradientStream:
    return round_stream(2, False, {})


@pytest.mark.draw(4)
@pytest.mark.parametrize(
    ("name", "a", "b"),
    [pytest.param(n, a, b, id=f"{n}: {a.name} and {b.name}") for n in TASKS for a, b in pairs(n, 5)],
)
def test_two_mistakes_at_once_are_told(machine, name, a, b):
    text = clinic.changed(name, [next(a.changes()), next(b.changes())])
    (judgement,) = judged(machine, text, of=CLASSES[name])
    assert judgement.verdict == "mistaken"
    assert len(named(judgement)) <= 2
    assert named(judgement) & (alike(name, a.id) | alike(name, b.id)), judgement


@pytest.mark.parametrize(
    "text",
    [
        "def softmax(x):\n    return x",
        "def train(model, optimizer, lr):\n    optimizer.step()",
        "def train_with_adam(params, grads, lr):\n    return params",
        "class Dataset:\n    def __init__(self, x):\n        self.x = x\n    def step(self):\n        return 1",
        "def gradient_descent(f, x0, lr=0.1, steps=100):\n    return x0",
        "def adam(cost, x, lr=0.1, steps=9):\n    for t in range(steps):\n        x = x - lr * cost(x)\n    return x",
        "class Optimizer:\n    def __init__(self, params):\n        self.p = params\n    def step(self):\n        pass",
        "# SGD\ndef zero_grad(params):\n    for p in params:\n        p.grad = None",
        "# Adam\ndef clip_gradients(params, grads, lr):\n    return params",
        "# SGD\nclass EMA:\n    def __init__(self, beta):\n        pass\n    def update(self, x):\n        return x",
        "def initialize_adam(parameters):\n    return {}, {}",
        "class NAdam:\n    def update(self, w, grad):\n        return w - grad",
        "def nestorov_momentum(w, grad, v, lr, mu):\n    return w - lr * (grad + mu * v), v",
        "def momentum_step(p, lr, grad_avg, **kwargs):\n    p.data.add_(grad_avg, alpha=-lr)",
        "def momentum_step(p, mom, lr, avg_grad):\n    p.data.sub_(lr * avg_grad)",
        "def momentum(w, grad, lr):\n    return w - lr * grad",
        "def adam_step(p, lr, grad_avg, sqr_avg, eps=1e-8):\n    return p - lr * grad_avg / (sqr_avg.sqrt() + eps)",
    ],
)
def test_what_is_no_step_of_an_optimizer_is_not_taken_for_one(text):
    for definition in read(text.encode(), "program.py").definitions:
        assert all(task(name).recognises(definition) < 0.5 for name in TASKS)


def test_what_is_called_in_a_way_of_its_own_is_not_blamed_for_our_call(machine):
    text = (
        "def adam(w, grad, state, lr, beta1, beta2, eps):\n    return w - lr * state.mean / (state.root + eps), state"
    )
    (judgement,) = judged(machine, text)
    assert judgement.verdict == "unrecognised"


@pytest.mark.parametrize(
    "first",
    [
        "if not callable(g):\n        raise TypeError('g')",
        "for layer in m.layers:\n        layer.w -= lr * layer.dw",
    ],
)
def test_what_it_asks_of_its_arguments_is_not_its_fault(machine, first):
    text = f"def adam(w, g, m, v, t, lr, beta1, beta2, eps):\n    {first}\n    return w - lr * g / v, m, v"
    (judgement,) = judged(machine, text)
    assert (judgement.verdict, judgement.stopped) == ("unrecognised", "not called")


@pytest.mark.parametrize("kept", ["np.zeros(len(sizes))", "np.zeros(sizes[0] + 2)", "np.zeros(5) * sizes[0]"])
def test_state_of_a_shape_that_its_text_does_not_tell_is_not_its_fault(machine, kept):
    text = (
        f"import numpy as np\nsizes = list(range(3, 8))\nm = {kept}\n"
        "def momentum(w, grad, lr=0.01, mu=0.9):\n    global m\n    m = mu * m + grad\n    return w - lr * m"
    )
    (judgement,) = judged(machine, text)
    assert (judgement.verdict, judgement.stopped) == ("unrecognised", "not called")


def test_a_name_that_nobody_has_defined_is_the_learners(machine):
    text = "def adam(w, grad, m, v, t, lr, beta1, beta2, eps):\n    return w - lr * m_hat, m, v"
    (judgement,) = judged(machine, text)
    assert (judgement.verdict, judgement.line) == ("stopped", 2)
