"""Bug hunts: what is drawn, and that a hunt's program gets its page's name and, mended, is right."""

import ast
import json
import warnings
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from random import Random

import pytest
import torch

from byhand.judge.diagnosis import clinic
from byhand.judge.judge import Judge
from byhand.judge.reading.notebook import read
from byhand.practice.exam import Paper, draw_paper
from byhand.practice.exercises import LIBRARIES, Exercise
from byhand.practice.headers import header_of
from byhand.practice.hunts.drawing import Hunt, choices, draw, hunt, hunts, verified
from byhand.practice.hunts.edits import edits
from byhand.practice.hunts.programs import formula_program
from byhand.practice.hunts.verify import digest, row
from byhand.practice.judging import mistakes

SAMPLE = [
    pytest.param(one, id=f"{library}-{formula}")
    for library in LIBRARIES
    for formula in clinic.FORMULAS
    for one in Random(f"{library} {formula}").sample(hunts(formula, library), 1)
]
"""One hunt of each formula and library; `make hunts` verifies all of them."""


@pytest.fixture(autouse=True)
def _quiet():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the programs divide by zero
        yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("one", SAMPLE)
def test_a_hunt_gets_its_pages_name_and_mended_it_is_right(one):
    found = row(one)
    assert found.named == (one.page,)
    assert found.exact


def test_sealed_off_the_judge_says_the_same():
    chosen = [hunts(formula, "python")[0] for formula in ("sgd", "momentum", "adam", "kl_divergence", "roc_auc")]
    with Judge() as judge:
        for kind in ("text", "mended"):  # several definitions in one file, for one sandbox
            program = "import math\n" + "\n".join(getattr(one, kind).partition("\n")[2] for one in chosen)
            report = judge.judge(read(program.encode(), "hunts.py"))
            found = [(one.task, mistakes(replace(report, judgements=(one,)))) for one in report.judgements]
            assert found == [(one.formula, (one.page,) if kind == "text" else ()) for one in chosen]
    assert all(one.verdict == "right" for one in report.judgements)


def test_the_programs_are_those_that_were_verified():
    folder = files("byhand.practice").joinpath("hunts", "verified")
    tables = {name: json.loads(folder.joinpath(f"{name}.json").read_text("utf-8")) for name in LIBRARIES}
    for one in verified():
        known = tables[one.library][one.formula][one.page][str(one.form)]
        assert digest(one) == known, f"{one.page} has changed: `make hunts HUNTS='{one.library} {one.formula}'`"


def test_every_hunt_is_a_program_that_differs_from_the_right_one_and_tells_no_answer():
    for one in verified():
        assert one.text != one.mended
        assert one.page.partition("/")[2] not in one.text
        for text in (one.text, one.mended):
            ast.parse(text)
            header = header_of(text)
            assert (header.name, header.library, header.token) == (one.formula, one.library, one.token)
            assert "torch" not in text.partition("\n")[2] or one.library == "torch"
            assert "theta" not in text
        assert clinic.page(one.page).kind == "mistake"
    tokens = Counter(one.token for one in verified())
    assert max(tokens.values()) == 1
    assert all(hunt(one.token) == one for one in verified())


def test_there_are_hunts_of_every_formula_in_every_library():
    for library in LIBRARIES:
        for formula in clinic.FORMULAS:
            assert len(hunts(formula, library)) >= 3, (library, formula)
    assert len({one.page for one in hunts(library="torch")}) > 150
    assert len({one.page for one in hunts(library="numpy")}) > 120


def test_edits_stand_in_their_references_and_are_of_pages():
    for library in LIBRARIES:
        for formula in clinic.FORMULAS:
            for page, made in edits(formula, library).items():
                assert formula in (clinic.page(page).formula, *clinic.page(page).also)
                for edit in made:
                    compile(edit.program(mistaken=True), edit.exercise, "exec")
                    assert edit.program(mistaken=True) != edit.program(mistaken=False)


def test_the_formula_itself_is_the_right_program_in_torch_and_numpy():
    for formula in clinic.FORMULAS:
        assert "def " in formula_program(formula, "torch")
        assert "torch" not in formula_program(formula, "numpy")
    assert "v_hat.sqrt()" in formula_program("adam", "torch")
    assert "np.sqrt(v_hat)" in formula_program("adam", "numpy")
    assert "def adam(params, grads, m, v, t, lr=0.001" in formula_program("adam", "python")


def test_a_hunt_is_not_drawn_twice_in_a_row_and_shown_mistakes_come_first():
    pool = hunts("adam", "torch")
    last = ""
    for seed in range(40):
        found = draw(pool, seed, last=last)
        assert found.token != last
        last = found.token
    page = pool[5].page
    assert {draw(pool, seed, seen=[page]).page for seed in range(20)} == {page}
    assert draw(pool, 1, seen=[page], solved={pool[5].token}).page != page or len(pool) == 1
    assert draw(pool[:1], 1, last=pool[0].token, solved={pool[0].token}) == pool[0]
    assert draw(pool, 7) == draw(pool, 7)
    assert len({draw(pool, seed).token for seed in range(60)}) > 15
    with pytest.raises(ValueError, match="must not be empty"):
        draw([], 1)


def test_the_answer_is_among_four_and_no_other_is_the_same_in_numbers():
    for seed, one in enumerate(verified()):
        pages = choices(one, seed)
        assert len({page.id for page in pages}) == 4
        assert one.page in [page.id for page in pages]
        own = clinic.page(one.page)
        assert not any(page.name in own.same or own.name in page.same for page in pages)
    one = hunts("adam")[0]
    places = {[page.id for page in choices(one, seed)].index(one.page) for seed in range(80)}
    assert places == {0, 1, 2, 3}


def test_a_paper_has_exercises_and_hunts_of_different_formulas():
    paper = draw_paper(7, 60, "numpy", 3, 1000.0)
    questions = [paper.question(item) for item in paper.items]
    assert {type(one) for one in questions} == {Exercise, Hunt}
    assert {one.formula for one in questions} == set(clinic.FORMULAS)
    assert all(one.library == "numpy" for one in questions if isinstance(one, Hunt))
    assert draw_paper(7, 60, "numpy", 3, 1000.0) == paper != draw_paper(7, 60, "numpy", 4, 1000.0)
    assert Paper.of_json(paper.as_json()) == paper
    assert [paper.left(now) for now in (1000.0, 1060.0, 9999.0)] == [3600.0, 3540.0, 0.0]
    assert len(set(draw_paper(60, 60, "torch", 1, 0.0).items)) == 60
    for n in (0, 100000):
        with pytest.raises(ValueError, match="must be from 1"):
            draw_paper(n, 60, "torch", 1, 0.0)
