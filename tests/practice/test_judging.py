"""What counts as done, and what is recorded of it."""

import pytest

from byhand.judge.model import Finding, Judgement, Report
from byhand.judge.reading.notebook import read
from byhand.practice.exercises import exercise
from byhand.practice.headers import Header
from byhand.practice.hunts.drawing import hunts
from byhand.practice.judging import mark, mark_hunt, record
from byhand.practice.progress import Progress

TEXT = "def adam(params, grads, m, v, t, lr=0.001):\n    return params\n"
PAGE = "adam/no-bias-correction"


def report(verdict, *findings, text=TEXT, task="adam", **more):
    program = read(text.encode(), "a.py")
    return Report(program, (Judgement(program.definitions[0], verdict, task, findings=findings, **more),))


def test_right_is_done_and_a_mistake_is_named():
    assert mark(report("right"), exercise("adam")).done
    assert mark(report("convention"), exercise("adam")).done
    found = mark(report("mistaken", Finding(PAGE, "mistake"), Finding("", "note")), exercise("adam"))
    assert (found.done, found.verdict, found.mistakes) == (False, "mistaken", (PAGE,))


@pytest.mark.parametrize("verdict", ["library", "fragile", "unknown", "stopped", "todo", "blocked", "ours"])
def test_nothing_else_is_done(verdict):
    assert not mark(report(verdict), exercise("adam")).done


def test_another_variant_does_not_count():
    assert mark(report("right"), exercise("adam/l2")).why == "another variant"
    program = "def cross_entropy(p, target):\n    return p\n"
    called = {"arguments": "probabilities, one-hot or soft targets"}
    found = report("right", text=program, task="cross_entropy", convention=called)
    assert mark(found, exercise("cross_entropy")).done
    assert not mark(found, exercise("cross_entropy/logits")).done


def test_what_is_right_in_another_way_than_asked_for_does_not_count():
    program, pairs = "def roc_auc(scores, labels):\n    return 0.5\n", Finding("roc_auc/all-pairs", "convention")
    assert mark(report("convention", text=program, task="roc_auc"), exercise("roc_auc")).done
    assert mark(report("convention", pairs, text=program, task="roc_auc"), exercise("roc_auc")).why == "another variant"


def test_the_report_of_another_formula_is_to_be_written():
    assert mark(report("right", task="adamw"), exercise("adam")).verdict == "todo"


def test_a_hunt_is_mended_if_everything_of_its_formula_is_right():
    hunt = hunts("adam")[0]
    assert mark_hunt(report("right"), hunt).done
    assert not mark_hunt(report("mistaken", Finding(PAGE, "mistake")), hunt).done
    assert not mark_hunt(report("right", task="sgd"), hunt).done


def test_what_is_judged_is_recorded_and_a_blank_is_not(tmp_path):
    progress, header = Progress(tmp_path / "p.sqlite"), Header("practice", "adam", "python")
    record(progress, report("todo"), header)
    assert not progress.exists
    record(progress, report("mistaken", Finding(PAGE, "mistake")), header)
    assert (progress.done(), progress.tried(), progress.seen()) == ({}, {"adam": "mistaken"}, [PAGE])
    assert record(progress, report("right"), header, hints=2).done
    assert progress.done() == {"adam": {"python"}}
    hunt = hunts("adam")[0]
    record(progress, report("right"), Header("hunt", "adam", hunt.library, hunt.token))
    assert progress.solved_hunts() == {hunt.token}
    assert record(progress, report("right"), Header("practice", "adagrad", "torch")) is None
    assert record(progress, report("right"), Header("hunt", "adam", "torch", "ffffffff")) is None
