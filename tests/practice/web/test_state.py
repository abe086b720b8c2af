"""What the page shows beside verdicts, and texts as HTML."""

import ast
from concurrent.futures import ThreadPoolExecutor

import pytest

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import FORMULAS
from byhand.practice.exercises import LIBRARIES, exercises
from byhand.practice.hunts.drawing import hunt
from byhand.practice.progress import Progress
from byhand.practice.web import exams, state, statements


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path))


@pytest.mark.parametrize("library", LIBRARIES)
def test_each_exercise_has_its_texts(library):
    for one in exercises():
        shown = state.one_exercise(one.id, library)
        for lang in ("en", "zh"):
            assert "<math" in shown["lines"][lang] or "<code>" in shown["lines"][lang], one.id
            assert "<math" in shown["story"][lang], one.id
            assert len(shown["hints"][lang]) == state.HINTS
            first = ast.parse(shown["blank"][lang]).body[0]
            assert not isinstance(first, ast.Expr), one.id  # the statement stands beside the editor
            assert "byhand practice" not in shown["blank"][lang]
        assert state.solution(one.id, library)["text"] == one.solution(library)


def test_formulas_become_formulas_and_tags_stay_text():
    html = statements.story("A story of ``x`` & <b>.\n\n    y = x²     a comment\n\nSource: somebody.\n")
    assert "<code>x</code> &amp; &lt;b&gt;" in html
    assert "<msup>" in html
    assert '<div class="aside">a comment</div>' in html
    assert '<p class="source">' in html
    assert "<script>" not in statements.prose("<script>alert(1)</script>")


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_story_of_each_formula_is_whole(formula):
    one = next(one for one in exercises() if one.formula == formula)
    for lang in ("en", "zh"):
        html = statements.story(one.story(lang))
        assert html.count("<math") == html.count("</math>") > 0
        assert "    " not in html


def test_the_newer_draft_is_kept():
    assert state.one_exercise("sgd", "torch")["draft"] is None
    state.keep_draft("sgd|torch", "new", 2.0)
    state.keep_draft("sgd|torch", "old", 1.0)
    assert state.one_exercise("sgd", "torch")["draft"] == {"text": "new", "at": 2.0}
    assert state.one_exercise("sgd", "numpy")["draft"] is None
    with pytest.raises(state.Refused):
        state.keep_draft("sgd|torch", "x" * (state.DRAFT_BYTES + 1), 3.0)


def test_a_hunt_does_not_tell_its_answer_before_it_is_named():
    drawn = state.new_hunt("adam", "torch")
    answer = hunt(drawn["token"]).page
    pages = [one["page"] for one in drawn["choices"]]
    assert answer in pages
    assert len(set(pages)) == 4
    assert pages == [one["page"] for one in state.one_hunt(drawn["token"])["choices"]]  # they stay where they are
    wrong = next(page for page in pages if page != answer)
    assert not state.name_mistake(drawn["token"], wrong)["right"]
    assert Progress().solved_hunts() == set()
    assert state.name_mistake(drawn["token"], answer)["right"]
    assert Progress().solved_hunts() == {drawn["token"]}


def test_an_exam_ends_and_marks_no_more():
    assert exams.exam()["items"] == []
    paper = exams.begin_exam(3, 60, "torch")
    first, second, _ = paper["items"]
    exams.mark_exam(first, {"verdict": "right", "done": True, "mistakes": [], "why": ""})
    exams.mark_exam(first, {"verdict": "todo", "done": False, "mistakes": [], "why": ""})
    exams.mark_exam("no/such item", {"done": True, "mistakes": []})
    over = exams.end_exam()
    assert over["marks"][first]["done"]
    assert list(over["marks"]) == [first]
    exams.mark_exam(second, {"verdict": "right", "done": True, "mistakes": [], "why": ""})
    assert list(exams.exam()["marks"]) == [first]


def test_exams_are_exported_and_each_mistake_is_named(monkeypatch):
    first, untouched = exams.begin_exam(2, 60, "torch")["items"]
    page = hunt(untouched.removeprefix("hunt:")).page
    assert exams.exam()["named"] == {}  # not before the end
    exams.mark_exam(first, {"verdict": "mistaken", "done": False, "mistakes": ["adam/no-eps"], "why": ""})
    named = exams.end_exam()["named"]
    assert named[first] == [state.both(lambda lang: clinic.page("adam/no-eps").text(lang).title)]
    assert named[untouched] == [state.both(lambda lang: clinic.page(page).text(lang).title)]
    exams.end_exam()
    (one,) = Progress().export()["exams"]
    assert (one["minutes"], one["score"]) == (60, 0)
    assert [question["verdict"] for question in one["questions"]] == ["mistaken", "todo"]
    late = exams.begin_exam(1, 1, "torch")
    monkeypatch.setattr(exams.time, "time", lambda: late["started"] + 61)
    exams.mark_exam(late["items"][0], {"verdict": "right", "done": True, "mistakes": [], "why": ""})
    assert exams.exam()["ended"] == exams.exam()["ended"] == late["started"] + 60
    assert [one["score"] for one in Progress().export()["exams"]] == [0, 0]


def test_verdicts_that_come_at_once_are_all_entered():
    items = exams.begin_exam(8, 60, "torch")["items"]
    with ThreadPoolExecutor(len(items)) as threads:
        list(threads.map(lambda item: exams.mark_exam(item, {"done": True, "mistakes": []}), items))
    assert sorted(exams.exam()["marks"]) == sorted(items)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: state.one_exercise("nothing", "torch"),
        lambda: state.one_exercise("sgd", "jax"),
        lambda: state.one_hunt("nothing"),
        lambda: state.new_hunt("nothing", "torch"),
        lambda: exams.begin_exam(0, 60, "torch"),
        lambda: exams.begin_exam(1000, 60, "torch"),
    ],
)
def test_what_is_not_there_is_refused(ask):
    with pytest.raises(state.Refused):
        ask()
