"""The progress file: what it remembers, with several processes, and when it is damaged."""

import json
import sqlite3
import subprocess
import sys

import pytest

from byhand.practice.progress import Progress, home

PROCESS = """
import sys
from pathlib import Path
from byhand.practice.progress import Progress
for i in range(25):
    progress = Progress(Path(sys.argv[1]))
    progress.attempt(f"{sys.argv[2]}-{i}", "torch", "right", True, ["adam/no-eps"])
    with progress.changing("text") as kept:
        kept["text"] = (kept["text"] or "") + sys.argv[2]
"""


@pytest.fixture
def progress(tmp_path):
    return Progress(tmp_path / "folder" / "p.sqlite")


def test_nothing_is_written_by_reading(progress):
    assert (progress.done(), progress.tried(), progress.seen(), progress.last_hunt()) == ({}, {}, [], "")
    assert progress.get("a") is progress.draft("a") is None
    assert progress.export()["attempts"] == []
    assert not progress.path.parent.exists()


def test_done_until_it_is_reset_and_again_after(progress):
    progress.attempt("adam", "torch", "mistaken", False, ["adam/no-eps"])
    assert (progress.done(), progress.tried()) == ({}, {"adam": "mistaken"})
    progress.attempt("adam", "torch", "right", True, hint=2)
    progress.attempt("adam", "numpy", "right", True)
    progress.attempt("sgd", "numpy", "right", True)
    assert progress.done() == {"adam": {"torch", "numpy"}, "sgd": {"numpy"}}
    progress.reset("adam")
    assert progress.done() == {"sgd": {"numpy"}}
    progress.attempt("adam", "python", "right", True)
    assert progress.done()["adam"] == {"python"}
    assert len(progress.export()["attempts"]) == 5


def test_the_pages_that_checks_have_shown_come_by_frequency(progress):
    progress.saw(["adam/no-eps"])
    progress.attempt("adam", "torch", "mistaken", False, ["adam/sign-flipped"])
    progress.saw(["adam/sign-flipped", "sgd/lr-ignored"])
    assert progress.seen()[0] == "adam/sign-flipped"
    assert set(progress.seen()) == {"adam/sign-flipped", "adam/no-eps", "sgd/lr-ignored"}


def test_hunts_are_drawn_and_answered(progress):
    progress.drawn("1", "adam/no-eps")
    progress.drawn("2", "adam/sign-flipped")
    assert progress.last_hunt() == "2"
    progress.hunted("1", "adam/no-eps", found=False, named=True)
    assert progress.solved_hunts() == set()
    progress.hunted("1", "adam/no-eps", found=True, named=True)
    progress.hunted("2", "adam/sign-flipped", found=True, named=False)
    assert progress.solved_hunts() == {"1", "2"}
    assert [one["event"] for one in progress.export()["hunts"]] == ["drawn", "drawn", "missed", "named", "mended"]


def test_small_texts_are_kept_and_removed(progress):
    progress.put("current", "adam torch")
    progress.put("current", "sgd torch")
    with progress.changing_draft("adam") as kept:
        kept["adam"] = "x\0'\"; DROP TABLE drafts"
    assert progress.get("current") == "sgd torch"
    assert progress.draft("adam") == "x\0'\"; DROP TABLE drafts"
    progress.put("current", None)
    assert progress.get("current") is None
    progress.place("adam", "torch", "/a")
    progress.place("adam", "torch", "/b")
    assert progress.places() == {("adam", "torch"): "/b"}


def test_the_export_is_json(progress):
    progress.attempt("adam", "torch", "mistaken", False, ["adam/no-eps", "adam/no-eps"], 3)
    table = json.loads(json.dumps(progress.export()))
    assert table["mistakes"] == {"adam/no-eps": 2}
    assert table["attempts"][0] | {"at": 0} == {
        "at": 0,
        "exercise": "adam",
        "library": "torch",
        "verdict": "mistaken",
        "done": False,
        "hints": 3,
    }


def test_two_processes_lose_nothing_of_each_other(progress):
    command = [sys.executable, "-c", PROCESS, str(progress.path)]
    both = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in "ab"]
    assert [one.communicate(timeout=60)[1] for one in both] == [b"", b""]
    assert len(progress.done()) == 50
    assert sorted(progress.get("text")) == ["a"] * 25 + ["b"] * 25
    assert [file.name for file in progress.path.parent.iterdir()] == ["p.sqlite"]


def test_a_write_that_fails_in_the_middle_leaves_nothing(progress):
    progress.attempt("adam", "torch", "right", True)
    with pytest.raises(sqlite3.Error):
        progress.attempt("sgd", "torch", "right", True, ["adam/no-eps", {"not": "a page"}])
    assert (progress.done(), progress.seen()) == ({"adam": {"torch"}}, [])


def test_a_damaged_file_and_one_of_a_later_version_are_refused_and_kept(progress):
    progress.path.parent.mkdir()
    progress.path.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(sqlite3.DatabaseError):
        progress.attempt("adam", "torch", "right", True)
    assert progress.path.read_bytes().startswith(b"no database")
    progress.path.unlink()
    with sqlite3.connect(progress.path) as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(sqlite3.DatabaseError, match="99"):
        progress.done()


def test_home_is_the_users_choice(monkeypatch, tmp_path):
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path))
    assert home() == tmp_path
    assert Progress().path.parent == tmp_path
    monkeypatch.delenv("BYHAND_HOME")
    assert home().name == "byhand"
