"""Several mistakes in one program are all named, without a change to the program."""

import pytest

from byhand.judge.diagnosis import clinic
from mending.compound import compounds
from mending.corpus import judged

SAMPLE = [case for count, step in ((2, 10), (3, 20), (4, 24)) for case in [*compounds(count)][::step]]
LEAST = 0.75
"""The share of the sample with exactly its mistakes named, at least."""


def mistakes(text):
    _, judgement = judged(text.encode(), "x.py", 5)
    named = {finding.mistake for finding in judgement.findings if finding.mistake}
    return {page for page in named if clinic.page(page).kind == "mistake"}


@pytest.mark.timeout(600)
def test_most_of_a_sample_is_named_and_none_wrongly():
    found = [(name, {page for page in pages if clinic.page(page).kind == "mistake"}, mistakes(text))
             for name, text, pages in SAMPLE]  # fmt: skip
    assert [(name, named - pages) for name, pages, named in found if named - pages] == []
    exact = [named == pages for _, pages, named in found]
    assert sum(exact) >= LEAST * len(exact), [row for row in found if row[1] != row[2]]
