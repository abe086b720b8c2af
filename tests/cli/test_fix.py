"""``byhand check --fix`` and ``--write`` as users run them."""

import json
import shutil
import subprocess

import pytest

from cli import test_check

WRONG = "import numpy as np\n\n\ndef sgd(w, g, lr=0.1):\n    return w + lr*g  # one step\n"
FIXED = WRONG.replace("+", "-")
HOPELESS = "def sgd_update(W1, b1, dW1, db1, lr):\n    return W1 - lr * dW1 * abs(dW1), b1 - lr * db1\n"


def call(*arguments, stdin=None):
    """Run `byhand check` with time enough for a busy machine."""
    return test_check.call("--definition-seconds", 300, "--file-seconds", 900, *arguments, stdin=stdin)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my.py"
    path.write_text(WRONG)
    return path


def test_a_diff_follows_the_report(file):
    code, out, err = call(file, "--fix")
    assert (code, err) == (1, "")
    assert out.endswith(f"--- {file}\n+++ {file}\n@@ -2,4 +2,4 @@\n \n \n def sgd(w, g, lr=0.1):\n"
                        "-    return w + lr*g  # one step\n+    return w - lr*g  # one step\n")  # fmt: skip
    assert file.read_text() == WRONG
    assert [path.name for path in file.parent.iterdir()] == ["my.py"]


def test_a_written_file_is_right_and_the_old_one_is_kept(file):
    file.chmod(0o640)
    assert call(file, "--fix", "--write")[0] == 1
    assert file.read_text() == FIXED
    assert file.stat().st_mode & 0o777 == 0o640
    assert (file.parent / "my.py.orig").read_text() == WRONG
    code, out, _ = call(file, "--fix", "--write")
    assert code == 0
    assert "Nothing to fix." in out
    assert sorted(path.name for path in file.parent.iterdir()) == ["my.py", "my.py.orig"]
    file.write_text(WRONG.replace("one", "a"))
    call(file, "--fix", "--write")
    assert (file.parent / "my.py.orig").read_text() == WRONG
    assert (file.parent / "my.py.orig2").read_text() == WRONG.replace("one", "a")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("clean", [True, False])
def test_what_git_has_is_not_kept_twice(file, clean):
    git = ["git", "-C", str(file.parent), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "my.py"], check=True)
    if not clean:
        file.write_text(WRONG + "# more\n")
    call(file, "--fix", "--write")
    assert (file.parent / "my.py.orig").exists() != clean


def test_what_stays_wrong_is_said(tmp_path):
    path = tmp_path / "my.py"
    path.write_text(HOPELESS)
    code, out, _ = call(path, "--fix", "--write", "--lang", "en")
    assert code == 1
    assert "sgd_update (line 1): no " in " ".join(out.split())
    assert path.read_text() == HOPELESS
    assert not (tmp_path / "my.py.orig").exists()


def test_a_notebook_has_a_diff_for_each_changed_cell(tmp_path):
    path = tmp_path / "my.ipynb"
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in ("x = 1", WRONG.splitlines(True))]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=1))
    before = path.read_text()
    _, out, _ = call(path, "--fix", "--write")
    assert f"--- {path} cell 2\n+++ {path} cell 2\n" in out
    assert path.read_text() == before.replace("w + lr", "w - lr")


def test_json_has_the_diff(file):
    code, out, _ = call(file, "--fix", "--json")
    told = json.loads(out)
    assert code == 1
    assert told["fix"].endswith("+    return w - lr*g  # one step")
    (definition,) = told["definitions"]
    old, new = "    return w + lr*g  # one step", "    return w - lr*g  # one step"
    assert definition["fix"] == {"verdict": "right", "lines": [{"cell": None, "line": 5, "old": [old], "new": [new]}]}
    assert definition["findings"][0]["fix"] == [f"- {old}", f"+ {new}"]
    assert json.loads(call(file, "--json")[1])["fix"] is None


def test_the_last_hint_shows_the_corrected_line(file):
    out = call(file, "--hint", 3)[1]
    assert "Write instead:\n    -     return w + lr*g  # one step\n    +     return w - lr*g  # one step\n" in out
    out = call(file, "--hint", 2)[1]
    assert "Write instead" not in out


@pytest.mark.parametrize(
    "arguments", [("--write",), ("--fix", "my2.py"), ("--fix", "--csv", "t.csv"), ("--fix", "--write", "--watch")]
)
def test_combinations_that_make_no_sense_get_a_sentence(file, arguments):
    code, out, err = call(file, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("byhand: `--")
    assert file.read_text() == WRONG


def test_standard_input_can_be_shown_fixed_but_not_written():
    assert call("-", "--fix", stdin=WRONG)[1].endswith("+    return w - lr*g  # one step\n")
    code, _, err = call("-", "--fix", "--write", stdin=WRONG)
    assert code == 2
    assert "standard input" in err
