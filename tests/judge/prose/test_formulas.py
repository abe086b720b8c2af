"""Formulas as people write them: right ones are read as right, relatives left in peace, wrong ones named."""

import pytest

from judge.prose.corpus import entries, named, reading, wrong

RIGHT, RELATIVES, WRONG = entries("right.md"), entries("relatives.md"), list(wrong())


def test_there_are_enough_of_each():
    assert len(RIGHT) >= 50
    assert len(RELATIVES) >= 55
    assert len(WRONG) >= 70


@pytest.mark.parametrize("text", RIGHT, ids=range(len(RIGHT)))
def test_a_right_formula_is_read_as_right(text):
    assert named(text) == []
    assert reading(text).right >= 1


@pytest.mark.parametrize("text", RELATIVES, ids=range(len(RELATIVES)))
def test_a_relative_is_left_in_peace(text):
    assert named(text) == []


@pytest.mark.parametrize(("pages", "text"), WRONG, ids=[f"{i}-{'+'.join(pages)}" for i, (pages, _) in enumerate(WRONG)])
def test_a_wrong_formula_gets_its_name(pages, text):
    assert named(text) == pages


@pytest.mark.parametrize(("pages", "text"), WRONG[::4], ids=range(len(WRONG[::4])))
def test_nothing_is_said_of_a_formula_that_the_text_calls_wrong(pages, text):
    heading, _, rest = text.rpartition("\n\n")
    assert named(f"{heading}\n\nA common mistake is this one: {rest}") == []
