"""Output and input that are closed, full, a device or a pipe; each case gives at most one error message."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest

NOTHING = "x = 1\n"
"""A file without a definition: it is read, nothing is run, and the exit code is 2."""


@pytest.fixture
def byhand(tmp_path):
    """`byhand` as a shell runs it, in a folder with such a file: exit code, output and errors."""
    (tmp_path / "x.py").write_text(NOTHING)

    def run(line, stdin=None, **environment):
        environment = {k: v for k, v in (os.environ | environment).items() if k not in ("FORCE_COLOR", "LC_ALL")}
        command = ["bash", "-c", f'byhand() {{ "$PYTHON" -m byhand "$@"; }}; set -o pipefail; {line}']
        environment |= {"PYTHON": sys.executable, "LANG": "C.UTF-8", **environment}
        done = subprocess.run(command, input=stdin, capture_output=True, cwd=tmp_path, env=environment, timeout=100)
        errors = done.stderr.decode()
        assert "Traceback" not in errors
        assert "Exception ignored" not in errors
        return done.returncode, done.stdout, errors

    return run


@pytest.mark.parametrize(
    "line",
    ["byhand check x.py", "byhand check x.py --json", "byhand --help", "byhand --version", "byhand explain --list"],
)
@pytest.mark.parametrize("where", ["/dev/full", "&-"])
def test_output_that_can_not_be_written_is_told(byhand, line, where):
    code, _, errors = byhand(f"{line} >{where}")
    assert code == 2
    assert errors.startswith("byhand: ")
    assert "output could not be written" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("line", ["byhand check x.py --json", "byhand explain --list", "byhand show adam"])
def test_who_reads_no_further_is_told_nothing(byhand, line):
    assert byhand(f"{line} | true") == (141, b"", "")


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_errors_that_can_not_be_written_still_have_their_exit_code(byhand, where):
    assert byhand(f"byhand check nowhere.py {where}") == (2, b"", "")


def test_standard_input_may_be_closed(byhand):
    code, out, errors = byhand("byhand check x.py <&-")
    assert (code, errors) == (2, "")
    assert b"No definition looks like" in out
    code, out, errors = byhand("byhand check - <&-")
    assert (code, out) == (2, b"")
    assert errors == "byhand: `FILE` of `check` must be a file that can be read, got -: Bad file descriptor.\n"


@pytest.mark.parametrize("line", ["check /dev/zero", "check - </dev/zero", "check - </dev/urandom"])
def test_what_never_ends_is_refused(byhand, line):
    code, out, errors = byhand(f"byhand {line}")
    assert (code, out) == (2, b"")
    assert "must have at most 100 MB" in errors


def test_a_pipe_with_a_name_is_read(byhand):
    code, out, _ = byhand("mkfifo pipe; cat x.py >pipe & byhand check pipe")
    assert code == 2
    assert b"No definition looks like" in out


@pytest.mark.draw(8)
@pytest.mark.parametrize("columns", ["0", "1", "abc", "-5", "²", "9" * 20, "", "9999999"])
def test_a_width_that_makes_no_sense_is_forgotten(byhand, columns):
    code, out, errors = byhand("byhand check x.py; byhand explain --list adam", COLUMNS=columns, TERMINAL_WIDTH="x")
    assert (code, errors) == (0, "")
    assert b"looks" in out
    assert b"adam/" in out
    assert len(out) < 20_000


@pytest.mark.draw(4)
@pytest.mark.parametrize(
    "environment",
    [{"TERM": "dumb"}, {"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}],
)
def test_a_plain_terminal_is_enough(byhand, environment):
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": "θ = ("}]})
    for option in ("", "--json", "--lang zh"):
        code, out, errors = byhand(f"byhand check - {option}", notebook.encode(), **environment)
        assert (code, errors) == (2, "")
        assert out
        if option == "--json":
            assert json.loads(out)["problems"][0]["line"] == 1


@pytest.mark.draw(3)
@pytest.mark.parametrize("line", ["check broken.py --html page.html", "check broken.py --json", "explain --list adam"])
def test_no_warning_is_shown_and_none_is_an_end(tmp_path, byhand, line):
    source = "def sgd(w, g):\n    '\\d'\n    return w - 0.1 * g if w is not 1 else 0\nx = 1if 1 else 0\n"
    (tmp_path / "broken.py").write_text(source)
    for name in ("default", "error"):
        code, out, errors = byhand(f"byhand {line}", PYTHONWARNINGS=name)
        assert (code, errors) == (0, "")
        assert out


WATCHED = "import numpy as np\ndef sgd(w, g, lr=0.1):\n    return w - lr * g\n"


def test_watch_waits_for_a_file_that_is_away(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def sgd(:\n")
    command = [sys.executable, "-m", "byhand", "check", str(file), "--watch", "--lang", "en"]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(iter(watcher.stdout.readline, "")), daemon=True).start()

    def until(text):
        for _ in range(600):
            if any(text in line for line in lines):
                return
            assert watcher.poll() is None, lines
            time.sleep(0.1)
        raise AssertionError(lines)

    try:
        until("No definition looks like")
        file.unlink()
        until("No such file or directory. Still watching.")
        file.write_text("")
        until("is empty. Still watching.")
        file.write_bytes(b"\xff")
        until("must be text in UTF-8")
        file.with_name("new").write_text(WATCHED)
        os.replace(file.with_name("new"), file)
        until("1 right")
        assert sum("Still watching" in line for line in lines) == 2
    finally:
        watcher.kill()
        watcher.communicate()
