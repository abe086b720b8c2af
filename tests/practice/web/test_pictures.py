"""The numbers of pictures come from the learner's own program."""

import pytest

from byhand.judge.judge import Judge
from byhand.judge.reading.notebook import read
from byhand.practice.exercises import exercise
from byhand.practice.web import pictures
from practice.web import programs


@pytest.fixture(scope="module")
def judge():
    with Judge() as judge:
        yield judge


def drawn(judge, text, name):
    return pictures.picture(judge.judge(read(text.encode(), "a.py")), name)


@pytest.mark.parametrize("library", ["torch", "numpy", "python"])
def test_a_right_optimizer_has_the_path_of_the_formula(judge, library):
    one = exercise("adam")
    found = drawn(judge, one.solution(library), one.definition(library).name)
    assert found["kind"] == "path"
    assert len(found["yours"]) == pictures.STEPS + 1
    assert found["yours"][0] == list(pictures.START)
    for yours, formula in zip(found["yours"], found["formula"], strict=True):
        assert yours == pytest.approx(formula, abs=1e-4)


def test_a_wrong_optimizer_leaves_it(judge):
    found = drawn(judge, programs.UNCORRECTED, "Adam")
    assert found["yours"][1] != pytest.approx(found["formula"][1], abs=1e-2)
    far = drawn(judge, programs.SGD.replace("p -= self.lr", "p += 1000 * self.lr"), "SGD")
    assert None in far["yours"][-1]  # what is out of all bounds is no number


def test_a_loss_has_no_number_where_it_overflows(judge):
    found = drawn(judge, programs.SOFTMAX, "cross_entropy")
    assert found["axis"] == "logit"
    by = dict(zip(found["x"], zip(found["yours"], found["formula"], strict=True), strict=True))
    least, middle = min(by), by[0.0]
    assert by[least][0] is None
    assert by[least][1] == pytest.approx(-least, rel=1e-3)
    assert middle[0] == pytest.approx(middle[1])


def test_a_roc_curve_has_its_ties(judge):
    one = exercise("roc_auc")
    found = drawn(judge, one.solution("torch"), "roc_auc")
    assert found["yours"] == pytest.approx(found["formula"])
    assert any(won and lost for won, lost in found["blocks"])


def test_there_is_none_of_what_is_not_written(judge):
    assert drawn(judge, "def adam(params, grads): pass\n", "adam") is None
    assert drawn(judge, "x = 1\n", "") is None


def test_an_entropy_is_0_where_one_outcome_is_certain(judge):
    one = exercise("cross_entropy/entropy")
    text = one.solution("numpy")
    found = pictures.picture(judge.judge(read(text.encode(), "a.py"), names={"entropy": one.formula}), "entropy")
    assert (found["axis"], found["x"][-1]) == ("outcome", 1.0)
    assert found["yours"][-1] == 0
    assert found["yours"] == pytest.approx(found["formula"])
    assert max(found["yours"]) > 0.6
