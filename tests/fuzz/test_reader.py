"""A few of the generated files; ``make fuzz`` reads thousands."""

import time
from functools import cache

import pytest

from fuzz.reader import SECONDS, asked, inputs

COUNT = 30


@cache
def files():
    return list(inputs(1, COUNT))


@pytest.mark.parametrize("i", range(COUNT))
def test_a_file_ends_in_a_report_or_in_a_sentence(i):
    start = time.process_time()
    asked(*files()[i])
    assert time.process_time() - start < SECONDS


def test_the_same_seed_makes_the_same_files():
    assert list(inputs(1, COUNT)) == files()
    assert list(inputs(2, COUNT)) != files()
