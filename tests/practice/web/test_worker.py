"""What a tab's process keeps of its judgements; the judge itself is a stand-in."""

import base64

import pytest

from byhand.judge.model import Finding, Judgement, Report
from byhand.practice.progress import FILE, Progress
from byhand.practice.web import worker
from practice.web.programs import SGD

PAGE = "sgd/lr-ignored"


class Judging:
    """Finds the same in every program."""

    def __init__(self, **_):
        pass

    def close(self):
        pass

    def judge(self, program, *, names=None, mend=False):
        found = (Finding(PAGE, "mistake"), Finding("roc_auc/all-pairs", "convention"))
        return Report(program, (Judgement(program.definitions[0], "mistaken", "sgd", findings=found),))


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path))
    monkeypatch.setattr(worker, "Judge", Judging)
    return worker.Desk()


def dropped(text):
    return {"op": "file", "name": "a.py", "data": base64.b64encode(text.encode()).decode()}


def test_a_damaged_progress_does_not_spoil_the_report_of_a_file(desk, tmp_path):
    (tmp_path / FILE).write_bytes(b"no such file of a database. " * 100)
    assert worker.answer(desk, dropped(SGD))["ok"]


def test_the_fix_of_a_text_is_no_second_attempt(desk):
    message = {"op": "run", "kind": "practice", "id": "sgd", "name": "sgd", "library": "torch", "text": SGD, "hints": 2}
    first = worker.answer(desk, {**message, "mend": False})
    again = worker.answer(desk, {**message, "mend": True})
    assert first["mark"] == again["mark"] == {"verdict": "mistaken", "done": False, "mistakes": [PAGE], "why": ""}
    assert [one["hints"] for one in Progress().export()["attempts"]] == [2]
    assert Progress().export()["mistakes"] == {PAGE: 1}


def test_a_dropped_file_counts_like_a_check_of_it(desk):
    assert worker.answer(desk, dropped(SGD))["ok"]
    assert not Progress().exists  # of a learner without any progress nothing is kept
    assert worker.answer(desk, dropped(f"# byhand practice: sgd, torch\n{SGD}"))["ok"]
    assert [one["exercise"] for one in Progress().export()["attempts"]] == ["sgd"]
    worker.answer(desk, dropped(SGD))
    assert Progress().export()["mistakes"] == {PAGE: 2}  # and no page of a convention
