"""Several changes of the same line: made together where they change different parts of it."""

from itertools import combinations

import pytest

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import Hypothesis, joined
from byhand.judge.diagnosis.merging import disjoint, merged

UPDATE = "theta = theta - lr * m_hat / (v_hat.sqrt() + eps)"
ADDED = "theta = theta + lr * m_hat / (v_hat.sqrt() + eps)"
NO_EPS = "theta = theta - lr * m_hat / v_hat.sqrt()"
NO_ROOT = "theta = theta - lr * m_hat / (v_hat + eps)"
GRADIENT = "theta = theta - lr * g / (v_hat.sqrt() + eps)"


@pytest.mark.parametrize(
    ("forms", "result"),
    [
        ([NO_EPS], NO_EPS),
        ([ADDED, NO_EPS], "theta = theta + lr * m_hat / v_hat.sqrt()"),
        ([ADDED, NO_ROOT, GRADIENT], "theta = theta + lr * g / (v_hat + eps)"),
        ([NO_EPS, NO_ROOT], None),  # both change the denominator
        ([ADDED, ADDED], None),
    ],
)
def test_changes_of_one_line(forms, result):
    assert merged(UPDATE, forms) == result
    assert merged(UPDATE, forms[::-1]) == result


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [
        ("a = b\nc = d", "a = b", "a = b\nc = -d"),  # a statement is left out
        ("for x in y:", "for x in y[1:]:", "for x in z:"),  # the head of a block alone
    ],
)
def test_whole_statements_are_not_merged(line, one, other):
    assert not disjoint(line, one, other)


def change(id, i=0):
    return [*clinic.page(id).changes()][i]


def hypothesis(*ids):
    return Hypothesis(tuple(map(change, ids)))


def test_a_page_of_two_lines_and_one_of_the_second_line_are_joined():
    both = [
        pair
        for one in clinic.page("adam/old-moment-not-decayed").changes()
        for pair in joined(Hypothesis((one,)), hypothesis("adam/v-from-the-bare-gradient"))
    ]
    programs = [clinic.changed("adam", pair.changes) for pair in both]
    assert any("m = m + (1 - beta1) * g\n" in text and "v = v + (1 - beta2) * g\n" in text for text in programs)


@pytest.mark.parametrize("formula", clinic.FORMULAS)
def test_whatever_is_joined_can_be_run(formula):
    """The first form of each page, with each other one: the formula after both changes has the same definitions."""
    names = clinic.program(formula).keys()
    singles = [Hypothesis((next(page.changes()),)) for page in clinic.pages(formula) if page.line]
    pairs = [pair for a, b in combinations(singles, 2) for pair in joined(a, b)]
    assert len(pairs) > len(singles) / 2
    for pair in pairs[::7]:
        assert clinic.program(formula, pair.changes).keys() == names


def test_three_changes_that_meet_in_one_line():
    pages = ("adam/sign-flipped", "adam/no-eps", "adam/gradient-in-place-of-m")
    (two,) = joined(hypothesis(pages[0]), hypothesis(pages[1]))
    (three,) = joined(two, hypothesis(pages[2]))
    assert "theta = theta + lr * g / v_hat.sqrt()" in clinic.changed("adam", three.changes)
    assert not [*joined(three, hypothesis("adam/no-root-over-v"))]
