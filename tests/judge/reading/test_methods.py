"""Methods that look at nothing of their object are functions, and are judged as such where their class is none."""

import pytest

from byhand.judge.judge import judge
from byhand.judge.reading.methods import methods
from byhand.judge.reading.notebook import read

CLASS = """class Losses:
    eps = 1e-8

    @staticmethod
    def kl(p, q):
        return (p, q)

    @classmethod
    def twice(cls, p):
        return 2 * cls.kl(p, p)[0]

    def bare(p, q):
        return p + q

    def calm(self, p):
        return self.bound(p)

    def bound(self, p):
        return max(p, self.eps)

    def stateful(self, p):
        self.last = p
        return p

    def through(self, p):
        return self.stateful(p)

    def update(self, p):
        self.w = self.w - p

    def update_output(self, p):
        self.last = p
        return p

    def whole(self):
        return vars(self)

    @property
    def size(self):
        return 1

    def _own(self, p):
        return p
"""


def test_each_can_be_called_by_its_name():
    (definition,) = read(CLASS.encode(), "a.py").definitions
    found = {method.name: method for method in methods(definition)}
    assert list(found) == ["kl", "twice", "bare", "calm", "bound", "update", "_own"]
    for name, given, wanted in [("kl", (1, 2), (1, 2)), ("twice", (3,), 6), ("bare", (1, 2), 3), ("calm", (0,), 1e-8)]:
        names = {}
        exec(found[name].program, names)
        assert names[name](*given) == wanted
        assert len(found[name].parameters) == len(given)
    assert found["kl"].heading == "Losses"
    assert found["kl"].node.lineno == 5


@pytest.mark.parametrize(
    "text", ["def f(x):\n    return x", CLASS.replace("(p, q)\n\n    @c", "kl(p, q)\n\n    @c", 1)]
)
def test_a_name_that_means_something_outside_stays_what_it_is(text):
    (definition,) = read(text.encode(), "a.py").definitions
    assert "kl" not in {method.name for method in methods(definition)}


def test_they_stand_in_the_place_of_their_class():
    text = """import numpy as np
class Mine:
    @staticmethod
    def sgd(w, dw, lr):
        return w + lr * dw
    @staticmethod
    def kl(p, q):
        return np.sum(p * np.log(p / q))
class Other:
    def f(self):
        return 1
"""
    report = judge(read(text.encode(), "a.py"))
    assert [j.definition.name for j in report.judgements] == ["sgd", "kl", "Other"]
    assert [j.task for j in report.judgements] == ["sgd", "kl_divergence", ""]
    assert report.judgements[0].verdict == "mistaken"
