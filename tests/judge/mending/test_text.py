"""Edits of a text: as small as possible, in the learner's own style."""

import ast

import pytest

from byhand.judge.mending.text import Edit, Source, changed_lines, edited, smallest


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("a+b", "a - b", "a-b"),
        ("a + b", "a - b", "a - b"),
        ("m += x", "m = beta * m + x", "m = beta * m + x"),
        ("f(x)", "f(x, axis=-1)", "f(x, axis=-1)"),
        ("(b * a)", "(a)", "(a)"),
        ("f(a,b)", "f(b, a)", "f(b, a)"),
        ("f(\n    a,  # first\n    b)", "f(a, c)", "f(\n    a,  # first\n    c)"),
        ("1-b", "1 - b ** t", "1-b ** t"),
        ("p * log(p / q)", "xlogy(p, p) - xlogy(p, q)", "xlogy(p, p) - xlogy(p, q)"),
        ("log(1 - x)", "f(-x)", "f(-x)"),
        ("a*m/s(v)", "a * m / (s(v) + e)", "a*m/(s(v) + e)"),
    ],
)
def test_blanks_and_comments_stay(old, new, result):
    assert edited(old, [smallest(old, Edit(0, len(old), new))]) == result


def test_only_what_differs_is_changed():
    text = "w = w + lr * g"
    edit = smallest(text, Edit(4, len(text), "w - lr * g"))
    assert (text[edit.start : edit.end], edit.new, edit.size) == ("+", "-", 2)


def test_offsets_count_characters_not_bytes():
    text = "学习率 = 0.1\ny = 学习率 * 梯度\n"
    source = Source(text)
    node = ast.parse(text).body[1].value.right
    assert source.of(node) == "梯度"
    assert edited(text, [Edit(*source.span(node), "g")]) == "学习率 = 0.1\ny = 学习率 * g\n"


def test_overlapping_edits_are_refused():
    assert edited("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")]) is None
    assert edited("abc", [Edit(0, 1, "x"), Edit(1, 3, "y")]) == "xy"


def test_changed_lines():
    assert changed_lines("a\nb\nc", "a\nx\nc\nd") == [(2, 2, ("x",)), (4, 3, ("d",))]
