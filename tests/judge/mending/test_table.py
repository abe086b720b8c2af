"""The table of mends: every rule can be used, every page pattern means a page or an edge."""

import ast
from fnmatch import fnmatch

import pytest

from byhand.judge.diagnosis.clinic import FORMULAS, all_pages
from byhand.judge.mending.context import Context
from byhand.judge.mending.rewrite import Rewrite
from byhand.judge.mending.table import Together, kinds, mends, rule
from byhand.judge.mending.text import edited
from byhand.judge.reading.notebook import read
from byhand.judge.reporting.texts import EDGES

ROWS = {kind.name: kind for task in FORMULAS for kind in kinds(task)}
NAMES = [page.name for page in all_pages()] + [name.replace(" ", "-") for name in EDGES]


def context(text):
    return Context(read(text.encode(), "x.py").definitions[0])


def mended(line, text):
    """The programs that a rule makes of a program."""
    one = rule(line)
    found = one.edits(context(text)) if isinstance(one, Rewrite) else []
    return [edited(text, [edit]) for choices in found for edit in choices]


@pytest.mark.parametrize("kind", ROWS.values(), ids=ROWS.keys())
def test_a_row_means_something(kind):
    assert kind.rules
    for one in kind.rules:
        for rewrite in one.rewrites if isinstance(one, Together) else [one] if isinstance(one, Rewrite) else []:
            ast.parse(rewrite.before)
            ast.parse(rewrite.after)
            assert rewrite.before != rewrite.after
    for pattern in kind.pages:
        assert any(fnmatch(name, pattern) for name in NAMES), pattern


def test_each_row_does_something_to_a_program_or_nothing():
    text = "def sgd(w, g, lr=0.1):\n    w = w + lr * g\n    return w\n"
    for kind in kinds("sgd"):
        for mend in mends(kind, context(text)):
            assert edited(text, mend.edits) not in (None, text)


def test_a_pattern_knows_the_functions_of_all_libraries():
    body = "def f(v, eps):\n    return {}\n"
    for before, after in (
        ("np.sqrt(v + eps)", "np.sqrt(v) + eps"),
        ("torch.sqrt(v+eps)", "torch.sqrt(v)+eps"),
        ("(v + eps).sqrt()", "v.sqrt() + eps"),
        ("1 / np.sqrt(v + eps)", "1 / (np.sqrt(v) + eps)"),
    ):
        assert mended("sqrt(X + EPS) -> sqrt(X) + EPS", body.format(before)) == [body.format(after)]


def test_a_role_that_is_missing_is_filled_with_what_the_line_can_use():
    text = (
        "class SGD:\n    def __init__(self, lr):\n        self.lr = lr\n"
        "    def step(self, w, g):\n        return w - g\n"
    )
    assert mended("A - G -> A - LR * G", text) == [text.replace("w - g", "w - self.lr * g")]
    assert mended("A - G -> A - EPS * G", text) == []


def test_parentheses_go_with_what_needed_them():
    text = "def f(lr, g, v):\n    return lr * (g + v)\n"
    assert mended("A + B -> B", text) == [text.replace("(g + v)", "v")]


@pytest.mark.parametrize("line", ["A + B", "do: nothing_there"])
def test_a_line_that_is_no_rule_is_refused(line):
    with pytest.raises((ValueError, AttributeError)):
        rule(line)
