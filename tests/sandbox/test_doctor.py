"""``byhand doctor`` reports the attacks, the layers that stopped them, and whether that is enough."""

import json

import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.cli._texts import TEXTS
from byhand.sandbox import Reason, checkup
from byhand.sandbox.checkup import ATTACKS, STOPPED_BY_JUDGE, Attack, Checkup
from sandbox.holding import as_nobody, need_a_seal


def run(*arguments):
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_a_machine_that_seals():
    need_a_seal()
    done = run("--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["version"] == 1
    assert told["sealed"]
    assert told["honest"]
    assert told["missing"] == []
    assert [attempt["name"] for attempt in told["attempts"]] == [*ATTACKS, *STOPPED_BY_JUDGE]
    assert all(attempt["stopped"] for attempt in told["attempts"])
    by = {attempt["name"]: attempt["by"] for attempt in told["attempts"]}
    assert "landlock" in by["read_file"]
    assert "seccomp" not in by["read_file"]
    assert "seccomp" in by["udp"]
    assert "landlock" not in by["udp"]
    assert by["take_memory"] == ["limits"]
    assert by["loop"] == ["judge"]


def test_each_layer_is_tried_alone_for_an_ordinary_user_too():
    need_a_seal()
    done = as_nobody("-m", "byhand", "doctor", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    by = {attempt["name"]: attempt["by"] for attempt in json.loads(done.stdout)["attempts"]}
    assert {"landlock"} <= set(by["read_file"]) <= {"landlock", "namespaces"}
    assert "seccomp" in by["udp"]
    assert by["take_memory"] == ["limits"]
    assert by["unix"] == by["fork"] == ["seccomp"]


def test_what_is_not_stopped_is_seen(monkeypatch):
    sandbox = checkup.Sandbox
    monkeypatch.setattr(checkup, "Sandbox", lambda **given: sandbox(**{"layers_off": checkup.ALL_OFF, **given}))
    found = checkup.examine()
    assert not found.sealed
    assert found.honest
    assert found.missing
    stopped = {attempt.name: attempt.stopped for attempt in found.attempts}
    assert not any(stopped[name] for name in ATTACKS)
    assert all(stopped[name] for name in STOPPED_BY_JUDGE)


NO_LAYER = Reason("no layer", {"layer": "landlock", "error": "Function not implemented"})


@pytest.mark.parametrize(("lang", "words"), [("en", "Not sealed: landlock"), ("zh", "未隔离：")])
def test_a_machine_that_does_not(lang, words, monkeypatch):
    attempts = [Attack("read_file", False, ()), Attack("tcp", True, ("seccomp",))]
    found = Checkup(False, True, ("seccomp",), (NO_LAYER,), {"python": "3"}, attempts)
    monkeypatch.setattr(checkup, "examine", lambda: found)
    done = run("--lang", lang)
    assert done.exit_code == 2
    assert words in done.stdout
    assert "landlock" in done.stdout
    assert "--trust" in done.stdout
    assert TEXTS["attack succeeded"][lang == "zh"] in done.stdout


def test_a_machine_that_seals_says_so(monkeypatch):
    layers = ("Landlock 7", "limits")
    found = Checkup(True, True, layers, (), {"kernel": "6"}, [Attack("tcp", True, ("landlock", "judge"))])
    monkeypatch.setattr(checkup, "examine", lambda: found)
    for lang, words in {
        "en": ("Sealed: ", "Landlock, the judge", "Active layers: Landlock 7, limits"),
        "zh": ("已隔离：", "Landlock、评判进程", "生效的防护：Landlock 7、资源限制"),
    }.items():
        done = run("--lang", lang)
        assert done.exit_code == 0
        assert all(word in done.stdout for word in words)


def test_every_attack_and_layer_has_its_words():
    assert {*ATTACKS, *STOPPED_BY_JUDGE, *checkup.LAYERS} <= set(TEXTS)


def test_an_unknown_language_is_one_sentence():
    done = run("--lang", "fr")
    assert done.exit_code == 2
    assert "`--lang` of `doctor` must be one of en, zh, got fr." in done.stderr
