"""What is judged again when a file changes: what changed, and what uses it."""

import pytest

from byhand.judge.judge import Judge
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.json_form import as_json
from sandbox.holding import need_a_seal

FILE = """
import numpy as np

EPS = 1e-12


def log(x):
    return np.log(x + EPS)


def cross_entropy(p, y):
    return -np.mean(log(p[np.arange(len(y)), y]))


def sgd(w, g, lr):
    return w + lr * g
"""


@pytest.fixture
def judged(monkeypatch):
    """Judges a text with one judge, and tells which definitions it has run."""
    need_a_seal()
    run = []
    tried = Judge._definition
    monkeypatch.setattr(
        Judge,
        "_definition",
        lambda self, definition, name: run.append(definition.name) or tried(self, definition, name),
    )
    with Judge(remember=True) as judge:

        def call(text, aside=False, **names):
            run.clear()
            report = judge.judge(read(text.encode(), "x.py"), names=names, aside=aside)
            return {one["name"]: one for one in as_json(report)["definitions"]}, [name for name in run if name != "log"]

        yield call


def test_only_what_has_changed_is_judged_again(judged):
    first, run = judged(FILE)
    assert run == ["cross_entropy", "sgd"]
    assert first["sgd"]["findings"][0]["line"] == 16
    again, run = judged(FILE)
    assert (again, run) == (first, [])
    mended, run = judged(FILE.replace("w + lr", "w - lr"))
    assert run == ["sgd"]
    assert mended["cross_entropy"] == first["cross_entropy"]
    assert mended["sgd"]["verdict"] == "right"


def test_lines_are_those_of_the_new_file(judged):
    judged(FILE)
    moved, run = judged("# a comment\n\n" + FILE)
    assert run == []
    assert (moved["sgd"]["line"], moved["sgd"]["findings"][0]["line"]) == (17, 18)


@pytest.mark.parametrize(
    ("old", "new", "run"),
    [
        ("EPS = 1e-12", "EPS = 0.1", ["cross_entropy"]),
        ("np.log(x + EPS)", "np.log(x)", ["cross_entropy"]),
        ("import numpy as np", "import cupy as np", ["cross_entropy", "sgd"]),
        ("def log(x):", "def log(x):\n    # why", []),
    ],
)
def test_what_uses_a_changed_thing_is_judged_again(judged, old, new, run):
    judged(FILE)
    assert judged(FILE.replace(old, new))[1] == run


def test_another_task_is_another_question(judged):
    judged(FILE)
    assert judged(FILE, sgd="momentum")[1] == ["sgd"]


def test_what_stopped_and_came_back_is_judged_again(judged):
    judged(FILE)
    judged("import numpy as np\n")
    assert judged(FILE)[1] == ["cross_entropy", "sgd"]


def test_a_fixed_program_that_is_judged_aside_makes_nothing_be_forgotten(judged):
    first, _ = judged(FILE)
    judged(FILE.replace("w + lr", "w - lr"), aside=True)
    assert judged(FILE) == (first, [])
