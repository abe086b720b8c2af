"""Every attack is contained. With the layers off it succeeds, or its first line says why this is not shown."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.holding import need_a_seal

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are those of Linux"),
    pytest.mark.timeout(400),  # the first test waits for all attacks: half a minute on an idle machine
]
HERE = Path(__file__).parent
FIRST_LINE = re.compile(r"# contained: (?P<contained>[a-z, ]+)\. off: (?P<off>.+)\n")
KINDS = {"too slow", "too much output", "forbidden", "gone", "memory", "error", "harmless"}


def read(name):
    text = (HERE / "attacks" / f"{name}.py").read_text()
    match = FIRST_LINE.match(text)
    assert match, f"{name}: its first line must say what is expected"
    return match["contained"], match["off"], text


def here(name):
    """Whether the attack applies to this architecture."""
    return "# x86-64" not in read(name)[2] or platform.machine() in ("x86_64", "AMD64")


ALL = sorted(file.stem for file in (HERE / "attacks").glob("*.py"))
SHOWN = [name for name in ALL if not read(name)[1].startswith("not shown, for ")]
BARE = [name for name in ALL if read(name)[0] in ("forbidden", "harmless") and "# torch" not in read(name)[2]]
BARE.remove("kill_everyone")  # no test should depend on a single layer for that
BARE += ["thousand_threads", "threads_without_python"]  # only namespaces let the kernel count threads
FATAL = [name for name in SHOWN if read(name)[1] == "the judge dies"]


def left(token):
    """Processes that still carry the token of a run; waits a moment, since the kernel ends them one by one."""
    mark, found = f"BYHAND_TEST={token}".encode(), []
    for _ in range(50):
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    found.append((process / "status").read_text().splitlines()[:6])
            except OSError:
                continue
        if not found:
            break
        time.sleep(0.1)
    return found


class Run:
    """A process that runs attacks while the tests continue."""

    def __init__(self, folder, mode, names):
        folder.mkdir()
        self.token = f"{os.getpid()}-{folder.name}"
        command = [sys.executable, str(HERE / "drive.py"), str(folder), self.token, mode, *names]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def outcomes(self):
        out, err = self.process.communicate(timeout=300)
        return {outcome["name"]: outcome for outcome in map(json.loads, out.splitlines())}, err


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    need_a_seal()
    folder = tmp_path_factory.mktemp("attacks")
    started = {
        "sealed": Run(folder / "sealed", "sealed", filter(here, ALL)),
        "off": Run(folder / "off", "off", [name for name in SHOWN if name not in FATAL and here(name)]),
    }
    started["bare"] = Run(folder / "bare", "bare", BARE)
    results = {mode: run.outcomes() for mode, run in started.items()}
    results["left"] = {mode: left(run.token) for mode, run in started.items()}
    return results


@pytest.mark.parametrize("name", ALL)
def test_it_is_contained(name, runs):
    if not here(name):
        pytest.skip("an attack on another architecture")
    outcomes, errors = runs["sealed"]
    assert name in outcomes, errors
    contained(name, outcomes[name])


@pytest.mark.parametrize("name", BARE)
def test_it_is_contained_where_namespaces_are_forbidden(name, runs):
    outcomes, errors = runs["bare"]
    assert name in outcomes, errors
    contained(name, outcomes[name])


def contained(name, outcome):
    expected = read(name)[0].split(", or ")
    expected = [kind for part in expected for kind in part.split(", ")]
    assert set(expected) <= KINDS
    kind = outcome["kind"].replace("returned", "harmless")
    assert kind in expected, outcome
    assert not outcome["value"], outcome
    assert outcome["hits"] == 0
    assert outcome["intact"]
    assert outcome["truth"] == "wrong"
    shown = outcome["message"] + outcome["output"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)


@pytest.mark.parametrize("name", SHOWN)
def test_it_succeeds_without_the_layers(name, runs, tmp_path):
    if not here(name):
        pytest.skip("an attack on another architecture")
    expected = read(name)[1]
    if name in FATAL:
        run = Run(tmp_path / "fatal", "off", [name])
        assert run.outcomes()[0] == {}
        assert run.process.returncode == -9
        assert left(run.token) == []  # the judge was killed, and its sandbox ended with it
        return
    if expected == "succeeds for root":
        if os.geteuid():
            pytest.skip("only root can do it, or whoever the system's settings let")
        expected = "succeeds"
    outcomes, errors = runs["off"]
    assert name in outcomes, errors
    outcome = outcomes[name]
    kind = "succeeds" if outcome["kind"] == "returned" and outcome["value"] else outcome["kind"]
    assert kind in expected.split(", or "), outcome


@pytest.mark.parametrize("mode", ["sealed", "bare", "off"])
def test_nothing_is_left_behind(mode, runs):
    assert runs["left"][mode] == []


def test_hits_are_counted_and_changes_seen(runs):
    """Without this, the tests above could not fail."""
    outcomes = runs["off"][0]
    assert all(outcomes[name]["hits"] == 1 for name in ("tcp", "udp", "unix_socket", "abstract_socket"))
    assert not any(outcomes[name]["intact"] for name in ("delete_a_file", "chmod", "rename", "truncate_by_name"))
    if not os.geteuid():
        assert outcomes["process_vm_writev"]["truth"] == "right"
