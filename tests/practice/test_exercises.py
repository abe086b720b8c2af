"""The exercises: complete in both languages and three libraries, their blanks to be written, their references right."""

import ast
import json
import re
import warnings

import pytest

from byhand.judge.judge import Judge
from byhand.judge.model import Report
from byhand.judge.reading.notebook import read
from byhand.practice.blanks import PLACE, WIDTH, blank, notebook
from byhand.practice.exercises import HINTS, LIBRARIES, exercise, exercises, next_exercise
from byhand.practice.headers import Header, header_of
from byhand.practice.hunts.verify import judged
from byhand.practice.judging import mark, named

CHINESE = re.compile("[\u4e00-\u9fff]")
EVERY = [pytest.param(one, library, id=f"{library}-{one.name}") for library in LIBRARIES for one in exercises()]


def reported(text, names=None):
    """A report on a program of ours, which is judged in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 0 · ∞ at an edge
        found = judged(text, names)
    return Report(read(text.encode(), "a.py"), tuple(found))


def test_the_order_is_that_of_learning_and_each_variant_follows_its_formula():
    formulas = list(dict.fromkeys(one.formula for one in exercises()))
    assert formulas == ["sgd", "momentum", "adam", "adamw", "cross_entropy", "kl_divergence", "roc_auc"]
    ids = [one.id for one in exercises()]
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids, key=lambda id: formulas.index(id.partition("/")[0]))
    first = [next(id for id in ids if id.partition("/")[0] == formula) for formula in formulas]
    assert [id for id in first if "/" in id] == ["cross_entropy/entropy"]  # the only variant that is easier


def test_names_that_people_use_find_the_exercise():
    assert exercise("KL divergence").id == "kl_divergence"
    assert exercise("ce/logits").id == "cross_entropy/logits"
    assert exercise("auc").id == "roc_auc"
    for name in ("adagrad", "adam/l1", "", "/l2"):
        with pytest.raises(KeyError):
            exercise(name)


def test_the_next_exercise_is_the_first_that_is_not_done_and_begins_again_at_the_end():
    ids = [one.id for one in exercises()]
    assert next_exercise({}).id == ids[0]
    assert next_exercise({ids[0]: {"torch"}}).id == ids[1]
    assert next_exercise({}, after=ids[0]).id == ids[1]
    assert next_exercise({}, after=ids[-1]).id == ids[0]
    assert next_exercise({id: {"numpy"} for id in ids}) is None


@pytest.mark.parametrize(("one", "library"), EVERY)
def test_every_text_is_there_in_both_languages(one, library):
    for lang in ("en", "zh"):
        texts = [one.title(lang), one.task(lang), one.form(lang, library), one.story(lang)]
        texts += [one.hint(level, lang, library) for level in (0, 2)]
        assert all(texts)
        assert lang == "zh" or not CHINESE.search("".join(texts))
        assert lang == "en" or all(CHINESE.search(text) for text in texts[1:])
        assert all(text in one.statement(lang, library) for text in texts[:4])
    code = one.hint(HINTS - 1, "en", library)
    assert [line.strip() for line in code.split("\n")] == [line.strip() for line in one.decisive(library).split("\n")]
    assert code.split("\n")[-1].strip() in one.solution(library)
    assert 1 <= one.level <= 3


@pytest.mark.parametrize(("one", "library"), EVERY)
def test_the_lines_of_the_formula_are_learners_own_and_the_signature_has_its_parameters(one, library):
    assert set(one.parameters) <= set(re.findall(r"\w+", one.signature(library)))
    assert one.example(library).startswith(">>> ")


@pytest.mark.draw(4)
@pytest.mark.parametrize(("one", "library"), EVERY)
def test_each_reference_is_right_and_counts_as_its_exercise_alone(one, library):
    report = reported(one.solution(library), named(Header("practice", one.id, library)))
    assert [found.verdict for found in report.judgements] == ["right"]
    assert mark(report, one).done
    same = {one.id, "roc_auc", "roc_auc/curve"} if one.formula == "roc_auc" else {one.id}
    same |= {"adam"} if one.id == "adam/l2" else {"sgd"} if one.id == "sgd/l2" else set()
    same |= {"cross_entropy/logits"} if one.id == "cross_entropy/temperature" else set()
    same |= {"kl_divergence/logits"} if one.id == "kl_divergence/temperature" else set()
    counted = {other.id for other in exercises() if other.formula == one.formula and mark(report, other).done}
    assert counted == same


@pytest.mark.parametrize("library", LIBRARIES)
def test_each_blank_is_to_be_written(library):
    with Judge() as judge:
        for one in exercises():
            script, cells = blank(one, library, "en"), notebook(one, library, "zh")
            for text, name in ((script, "a.py"), (cells, "a.ipynb")):
                report = judge.judge(read(text.encode(), name), names=named(header_of(text)))
                assert [(found.verdict, found.task) for found in report.judgements] == [("todo", one.formula)]
                assert not report.program.problems
                assert mark(report, one).verdict == "todo"
                assert header_of(text) == Header("practice", one.id, library)
            assert script.count(PLACE) == cells.count(PLACE) >= 1
            assert one.task("zh") in "".join(json.loads(cells)["cells"][0]["source"])
            prose = script.partition(one.story("en"))[0].split("\n")
            assert all(len(line) <= WIDTH for line in prose)
            assert ast.get_docstring(ast.parse(script))


def test_only_a_header_is_a_header():
    assert header_of("#!/usr/bin/env python\n# byhand hunt: adam, numpy, 0f1e2d3c\n").token == "0f1e2d3c"
    for text in (
        "",
        "# byhand practice: adam, jax",
        "x = '# byhand practice: adam, torch'",
        "{",
        '{"cells": 3}',
        "[" * 9999,
    ):
        assert header_of(text) is None
    assert str(Header("practice", "adam/l2", "numpy")) == "# byhand practice: adam/l2, numpy"
