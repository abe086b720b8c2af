"""A program may use every name that the judge has for what it puts there and keeps: neither hides the other's."""

import re
from pathlib import Path

import pytest

from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.reading.notebook import read
from byhand.judge.session import Session
from byhand.judge.tasks import task as task_of
from byhand.sandbox.machine import Machine

WHEATS = Path(__file__).parent / "wheats"
FUNCTIONS = {
    "cross_entropy": ("losses_of_rows_with_backward", "torch_gather", "running_metric"),
    "kl_divergence": ("layer_with_backward", "torch_xlogy"),
    "roc_auc": ("one_sample_at_a_time", "pairs_numpy"),
}
OPTIMIZERS = {
    "sgd": ("subclass", "cs231n"),
    "momentum": ("cs231n", "d2l", "init_and_update_of_a_class"),
    "adam": ("init_update_get_params", "coursera", "state_of_a_class"),
    "adamw": ("torch_class", "dictionaries"),
}
ALL = ("opt", "state", "loss", "out", "pred", "target")
CASES = [(task, file, ("dx", "gathered", "weight")) for task, files in FUNCTIONS.items() for file in files]
CASES += [(task, file, ("by_opt", "by_p0", "by_step", "p0")) for task, files in OPTIMIZERS.items() for file in files]

pytestmark = pytest.mark.filterwarnings("ignore::Warning")  # what learners' programs do


@pytest.fixture(scope="module")
def machine():
    return Machine()


def judged(machine, task, text, name):
    definition = next(one for one in read(text.encode(), "program.py").definitions if one.name == name)
    session = Session(machine.requests)
    loaded = session.load(definition.program)
    assert loaded.ok, loaded
    return diagnose(task_of(task), session, definition, 0)


def said(judgement):
    return judgement.verdict, judgement.detail, [finding.mistake for finding in judgement.findings]


@pytest.mark.draw(4)
@pytest.mark.parametrize(("task", "file", "names"), [pytest.param(*case, id=f"{case[0]}: {case[1]}") for case in CASES])
def test_a_program_is_called_as_it_likes(machine, task, file, names):
    text = (WHEATS / task / f"{file}.py").read_text()
    own = read(text.encode(), "program.py").definitions[-1].name
    wanted = said(judged(machine, task, text, own))
    assert wanted[0] in ("right", "convention")
    for name in (*ALL, *names):
        assert said(judged(machine, task, re.sub(rf"\b{own}\b", name, text), name)) == wanted, name


def test_what_lies_beside_it_is_not_taken_for_what_the_judge_has_put_there(machine):
    text = (WHEATS / "adam" / "coursera.py").read_text()
    beside = "\n".join(f"{name} = by_{name} = None" for name in ("opt", "p0", "g0", "out", "void", "box", "state"))
    own = read(text.encode(), "program.py").definitions[-1].name
    uses = text + "\n" + beside + f"\n{own}.kept = (opt, by_opt, p0, by_p0)\n"
    assert said(judged(machine, "adam", uses, own)) == said(judged(machine, "adam", text, own))
