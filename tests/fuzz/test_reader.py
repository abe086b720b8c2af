"""A few of the files that nobody has written; ``python tests/fuzz/reader.py`` reads thousands."""

import time

import pytest

from fuzz.reader import SECONDS, asked, inputs


@pytest.mark.parametrize(("name", "data"), inputs(1, 30), ids=[str(i) for i in range(30)])
def test_a_file_ends_in_a_report_or_in_a_sentence(name, data):
    start = time.process_time()
    asked(name, data)
    assert time.process_time() - start < SECONDS


def test_the_same_seed_makes_the_same_files():
    assert list(inputs(7, 20)) == list(inputs(7, 20))
    assert list(inputs(7, 20)) != list(inputs(8, 20))
