"""Mends that no pattern can express, in the forms in which learners write what they mend."""

import pytest

from byhand.judge.mending import moves
from byhand.judge.mending.context import Context
from byhand.judge.mending.text import edited
from byhand.judge.reading.notebook import read


def mended(move, text):
    """The programs that a move makes of one."""
    return [edited(text, edits) for edits in move(Context(read(text.encode(), "x.py").definitions[0]))]


LOOP = """import math

def kl_divergence(p, q):
    total = 0.0
    for a, b in zip(p, q):
{}    return total
"""
TERM = "total += a * math.log(a / b)\n"
SKIPPED = """        if a {0} 0:
            continue
        if b == 0:
            return math.inf
        total += a * math.log(a / b)
"""
INSIDE = """        if a > 0:
            if b == 0:
                return math.inf
            total += a * math.log(a / b)
"""


@pytest.mark.parametrize(
    ("guard", "right"),
    [
        (f"        if a == 0 or b == 0:\n            continue\n        {TERM}", SKIPPED.format("==")),
        (f"        if b <= 0 or a <= 0:\n            continue\n        {TERM}", SKIPPED.format("<=")),
        (f"        if a > 0 and b > 0:\n            {TERM}", INSIDE),
    ],
)
def test_an_impossible_event_that_is_left_out_gives_infinity(guard, right):
    assert LOOP.format(right) in mended(moves.infinite_where_other_is_zero, LOOP.format(guard))


def test_an_impossible_event_in_a_sum_gives_infinity():
    text = (
        "import math\n\ndef kl(p, q):\n    return sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0 and b > 0)\n"
    )
    right = text.replace("math.log(a / b)", "(math.log(a / b) if b > 0 else math.inf)").replace(" and b > 0", "")
    assert right in mended(moves.infinite_where_other_is_zero, text)


ENTROPY = "import math\n\ndef cross_entropy(x, y):\n"
SHIFTED = f"{ENTROPY}    e = [math.exp(z - max(x)) for z in x]\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("    return -math.log(e[y] / sum(e))\n", "    return -(x[y] - max(x) - math.log(sum(e)))\n"),
        (
            "    s = sum(e)\n    p = [a / s for a in e]\n    return -math.log(p[y])\n",
            "    s = sum(e)\n    return -(x[y] - max(x) - math.log(s))\n",
        ),
        (
            "    p = [a / sum(e) for a in e]\n    print(p)\n    z = math.log(p[y])\n    return -z\n",
            "    p = [a / sum(e) for a in e]\n    print(p)\n    z = x[y] - max(x) - math.log(sum(e))\n    return -z\n",
        ),
    ],
)
def test_the_largest_number_of_a_list_is_subtracted(wrong, right):
    assert mended(moves.shift_of_a_list, f"{ENTROPY}    e = [math.exp(z) for z in x]\n{wrong}") == [SHIFTED + right]


def test_the_largest_number_is_subtracted_in_a_sum():
    text = ENTROPY + "    return math.log(sum(math.exp(v) for v in x)) - x[y]\n"
    right = ENTROPY + "    return (max(x) + math.log(sum(math.exp(v - max(x)) for v in x))) - x[y]\n"
    assert mended(moves.shift_of_a_list, text) == [right]


@pytest.mark.parametrize(("library", "right"), [("numpy", '"right"'), ("torch", "right=True")])
def test_ranks_of_sorted_scores_are_those_of_ties(library, right):
    text = f"import {library}\n\ndef roc_auc(y, s):\n    i = {library}.argsort(s)\n    y = y[i]\n"
    found = mended(moves.ranks_of_ties, f"{text}    r = {library}.arange(1, len(y) + 1)\n    return r[y == 1].sum()\n")
    search = f"{library}.searchsorted(ordered, ordered"
    ranks = f"    ordered = s[i]\n    r = ({search}) + {search}, {right}) + 1) / 2\n"
    assert found == [f"{text}{ranks}    return r[y == 1].sum()\n"]


def test_one_statement_is_moved_in_a_long_block():
    lines = [f"    x{i} = {i}\n" for i in range(12)]
    text = "def f():\n" + "".join(lines)
    assert "def f():\n" + "".join([*lines[1:], lines[0]]) in mended(moves.order, text)
    assert "def f():\n" + "".join([*lines[6:], *lines[:6]]) not in mended(moves.order, text)
    assert mended(moves.order, text + "".join(f"    y{i} = {i}\n" for i in range(5))) == []
