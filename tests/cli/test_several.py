"""`byhand check` of several files and folders: each is judged separately, and finished results are kept."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.cli._several.files import expanded

RIGHT = "def sgd(w, g, lr):\n    return w - lr * g\n"
WRONG = "def sgd(w, g, lr):\n    return w + lr * g\n"
SLOW = "def sgd(w, g, lr):\n    while True:\n        lr = lr\n"


def call(*arguments):
    environment = {"FORCE_COLOR": None, "LC_ALL": None, "LANG": "C", "COLUMNS": "200"}
    result = CliRunner(env=environment).invoke(app, ("check", *map(str, arguments)), prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Right, wrong, unreadable and empty files; and files that are not a learner's."""
    root = tmp_path_factory.mktemp("class")
    for name, text in {
        "a right.py": RIGHT,
        "group/b.py": WRONG,
        "group/c.ipynb": "{}",
        "group/d.py": "x = 1\n",
        ".hidden/e.py": WRONG,
        "venv/f.py": WRONG,
        "notes.txt": WRONG,
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return root


def test_files_of_a_folder_are_those_of_a_learner_each_once(folder):
    below = [str(folder / name) for name in ("a right.py", "group/b.py", "group/c.ipynb", "group/d.py")]
    assert expanded([str(folder)]) == below
    assert expanded([below[1], str(folder), below[1]]) == [below[1], below[0], *below[2:]]


def test_a_folder_has_a_table_a_page_a_file_and_values(folder, tmp_path):
    code, out, err = call(folder, "--csv", tmp_path / "marks.csv", "--html", tmp_path / "pages", "--jobs", 2)
    assert (code, err) == (1, "")
    lines = out.split("\n")
    assert [line[:5] for line in lines[:4]] == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]
    assert lines[0].endswith("✓ sgd")
    assert lines[1].endswith("✗ sgd")
    assert "must have cells" in lines[2]
    assert lines[3].endswith("none of the seven")
    assert lines[5].split() == ["file", "SGD"]
    assert lines[6].endswith("✓")
    assert "4 files: right 1, mistaken 1, files not judged 1" in out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "marks.csv").read_text())))
    assert [(Path(row["file"]).name, row["definition"], row["verdict"], row["mistakes"]) for row in rows] == [
        ("a right.py", "sgd", "right", ""),
        ("b.py", "sgd", "mistaken", "sgd/gradient-added"),
        ("c.ipynb", "", "", ""),
        ("d.py", "", "", ""),
    ]
    assert "must have cells" in rows[2]["error"]
    index = (tmp_path / "pages" / "index.html").read_text()
    pages = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert len(pages) == 4  # the unreadable one has none
    assert all(f'href="{name}"' in index for name in pages if name != "index.html")


def test_json_is_a_line_a_file(folder):
    code, out, _ = call(folder / "a right.py", folder / "group" / "c.ipynb", "--json", "--seed", 3)
    right, broken = map(json.loads, out.splitlines())
    assert code == 2
    assert (right["definitions"][0]["verdict"], right["seed"]) == ("right", 3)
    assert broken["exit_code"] == 2
    assert "must have cells" in broken["error"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--as", "sgd=sgd"), "`--as` of `check` works with one file only."),
        (("-",), "`-` of `check` works with one file only."),
        (("--watch",), "`--watch` of `check` needs one file, not standard input or several files."),
        (("--jobs", "-1"), "--jobs"),
    ],
)
def test_what_goes_with_one_file_alone_is_refused(folder, options, sentence):
    code, out, err = call(folder, *options)
    assert (code, out) == (2, "")
    assert sentence in err


def test_the_table_never_takes_the_place_of_a_judged_file(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(RIGHT)
    code, out, err = call(tmp_path, "--csv", tmp_path / "b.py")
    assert (code, out) == (2, "")
    assert "`--csv` of `check` must not be a file that it reads" in err
    assert (tmp_path / "b.py").read_text() == RIGHT


def test_a_folder_without_files_is_refused(tmp_path):
    code, _, err = call(tmp_path)
    assert code == 2
    assert err.startswith("byhand: `FILE` of `check` must be a folder with notebooks")


def started(folder, files, *options):
    """The command on these files, one after the other; its process."""
    for name, text in files.items():
        (folder / name).write_text(text)
    command = [sys.executable, "-m", "byhand", "check", *files, "--jobs", "1", *options]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=-1, stderr=-1, text=True)


def workers(parent):
    """The worker processes, once there is one."""
    for _ in range(600):
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
                command = (path.parent / "cmdline").read_text()
            except OSError:
                continue
            if int(fields[1]) == parent.pid and "spawn_main" in command:
                found.append(int(path.parent.name))
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_worker_that_is_killed_costs_its_file_alone(tmp_path):
    process = started(tmp_path, {"a.py": SLOW, "b.py": RIGHT})
    for worker in workers(process):
        os.kill(worker, signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    first, second = out.split("\n")[:2]
    assert first.endswith("The process that judged it ended unexpectedly.")
    assert second.endswith("✓ sgd")
    assert (process.returncode, err) == (2, "")


def test_what_is_done_when_ctrl_c_comes_is_kept(tmp_path):
    process = started(tmp_path, {"0.py": WRONG, "a.py": SLOW}, "--csv", "marks.csv")
    assert "✗ sgd" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert "sgd/gradient-added" in (tmp_path / "marks.csv").read_text()


def test_no_worker_takes_a_module_from_the_current_folder(tmp_path):
    (tmp_path / "multiprocessing.py").write_text("open('taken', 'w').close()\n")
    (tmp_path / "random.py").write_text("open('taken', 'w').close()\n")
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(RIGHT)
    byhand = Path(sys.executable).with_name("byhand")
    done = subprocess.run([byhand, "check", "a.py", "b.py"], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "taken").exists()
