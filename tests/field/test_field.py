"""The judge's figures on a part of the corpus must not fall below floors, which are only raised."""

from zlib import crc32

import pytest

from byhand.judge.diagnosis.clinic import FORMULAS, page
from byhand.judge.reporting.texts import EDGES
from field.corpus import ACCUSED, ANY, FILES, GOOD, NOT_YET, judged, results, things
from field.figures import figures

EVERY, THIS = 8, 5
"""One file of eight is judged here, chosen by its name, so that a new file moves no other; ``make field`` judges all.
Of the eight parts, this one has the figures nearest to those of the whole."""
FLOORS = {
    "answered rightly and wholly": 86.0,
    "wrong ones caught": 88.0,
    "wrong ones named rightly": 88.0,
    "fragile told with the true edge": 85.0,
}
"""Percentages of the part that is judged here."""

TABLE = things()
PART = sorted({thing.file for thing in TABLE if crc32(thing.file.encode()) % EVERY == THIS})


@pytest.fixture(scope="module")
def found():
    return [one for file in PART for one in results([t for t in TABLE if t.file == file], judged(file))]


def test_the_table_has_every_file():
    files = {str(path.relative_to(FILES)) for path in FILES.rglob("*") if path.is_file()}
    assert {thing.file for thing in TABLE} == files


def test_the_table_speaks_of_what_there_is():
    verdicts = {*ACCUSED, *GOOD, *NOT_YET, "fragile", "blocked", "not judged"}
    for thing in TABLE:
        assert {*thing.expected} <= verdicts, thing
        assert thing.task in FORMULAS or (not thing.task and thing.expected == ("not judged",)), thing
        assert thing.pages or thing.expected != ("mistaken",), thing
        assert thing.edges or "fragile" not in thing.expected, thing
        for id in (*thing.edges, *(id for pages in thing.pages for id in pages)):
            assert id == ANY or id in EDGES or page(id), thing


@pytest.mark.timeout(600)
def test_no_figure_falls(found):
    shares = figures(found)
    assert {name: shares[name].percent for name, floor in FLOORS.items() if shares[name].percent < floor} == {}


@pytest.mark.timeout(600)
def test_nothing_is_accused_but_what_is_known_to_be(found):
    known = {(one.thing.file, one.thing.name) for one in found if one.thing.today in ACCUSED}
    accused = {(one.thing.file, one.thing.name) for one in found if one.accused and not one.thing.wrong}
    assert accused == known


@pytest.mark.timeout(600)
def test_the_judge_fails_nowhere_itself(found):
    assert [one for one in found if one.answer.verdict == "ours"] == []
