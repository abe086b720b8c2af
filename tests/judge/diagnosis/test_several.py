"""Several mistakes in one program are all named, without a change to the program."""

import pytest

from mending.compound import compounds
from mending.corpus import judged
from mending.several import mistakes, named

SAMPLE = [case for count, step in ((2, 10), (3, 20), (4, 24)) for case in [*compounds(count)][::step]]
LEAST = 0.75
"""The share of the sample with exactly its mistakes named, at least."""


@pytest.mark.timeout(600)
def test_most_of_a_sample_is_named_and_none_wrongly():
    found = [(name, mistakes(pages), named(judged(text.encode(), "x.py", 5)[1])) for name, text, pages in SAMPLE]
    assert [(name, got - pages) for name, pages, got in found if got - pages] == []
    exact = [got == pages for _, pages, got in found]
    assert sum(exact) >= LEAST * len(exact), [row for row in found if row[1] != row[2]]
