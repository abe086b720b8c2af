"""`byhand check` as users run it: real sandboxes, real notebooks, terminal output and exit codes."""

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

HOUSE = Path(__file__).parents[2]
EXAMPLES = HOUSE / "examples"
RIGHT = "import numpy as np\ndef sgd(w, g, lr=0.1):\n    return w - lr * g\n"


def call(*arguments, stdin=None):
    """Run `byhand check` in a pipe: exit code, output and errors."""
    environment = {"FORCE_COLOR": None, "GITHUB_ACTIONS": None, "LC_ALL": None, "LANG": "C", "COLUMNS": "80"}
    result = CliRunner(env=environment).invoke(app, ("check", *map(str, arguments)), stdin, prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


def verdicts(*arguments, stdin=None):
    """The exit code, and verdict and mistakes of each definition."""
    code, out, err = call(*arguments, "--json", stdin=stdin)
    assert err == ""
    told = json.loads(out)
    assert told["sealed"] in (True, None)
    found = {
        d["name"]: (d["verdict"], *(f["mistake"] for f in d["findings"] if f["kind"] != "note"))
        for d in told["definitions"]
    }
    assert code == told["exit_code"]
    return code, found


def test_the_first_try():
    code, found = verdicts(EXAMPLES / "first-try.ipynb")
    assert code == 1
    assert found == {
        "kl_div": ("fragile", "kl_divergence/zero-times-log-zero"),
        "softmax": ("unrecognised",),
        "cross_entropy": ("fragile", "cross_entropy/log-of-raw-softmax"),
        "SGD": ("right",),
        "Momentum": ("mistaken", "momentum/velocity-not-kept", "adam/zero-grad-sets-zeros"),
        "Adam": ("mistaken", "adam/old-moment-not-decayed", "adam/one-t-for-all-parameters"),
        "AdamW": ("mistaken", "adamw/decay-in-the-gradient", "adam/one-t-for-all-parameters"),
        "roc_auc": ("fragile", "roc_auc/ties-by-order-of-appearance"),
    }


def test_the_second_try_is_right():
    code, found = verdicts(EXAMPLES / "second-try.ipynb")
    assert code == 0
    assert {verdict for verdict, *_ in found.values()} <= {"right", "convention"}
    assert found["kl"] == found["cross_entropy"] == found["auc"] == ("right",)


@pytest.mark.parametrize(
    ("readme", "file", "lang"), [("README.md", "first-try", "en"), ("README.zh-CN.md", "shousi", "zh")]
)
def test_the_readme_shows_what_is_printed(readme, file, lang):
    _, shown, _ = (
        (HOUSE / readme).read_text("utf-8").replace("<!-- /check -->", "<!-- check -->").split("<!-- check -->")
    )
    lines = [
        line.strip() for line in shown.strip().removeprefix("```text").removesuffix("```").split("\n") if line.strip()
    ]
    _, out, _ = call(EXAMPLES / f"{file}.ipynb", "--lang", lang)
    printed = [line.strip() for line in out.split("\n")]
    assert len(lines) > 5
    assert [line for line in lines if line not in printed] == []


def test_a_loop_in_one_definition_does_not_spare_the_others(tmp_path):
    file = tmp_path / "mixed.py"
    file.write_text(RIGHT + "def kl_divergence(p, q):\n    while True:\n        pass\n")
    code, found = verdicts(file)
    assert code == 1
    assert found == {"sgd": ("right",), "kl_divergence": ("stopped",)}


def test_standard_input_and_a_page(tmp_path):
    code, out, _ = call("-", "--html", tmp_path / "page.html", stdin=RIGHT)
    assert code == 0
    assert "sgd  right" in out
    assert "1 right  (sealed: " in out
    assert "<section" in (tmp_path / "page.html").read_text("utf-8")


def test_a_name_that_says_nothing_can_be_told(tmp_path):
    file = tmp_path / "f.py"
    file.write_text("def f(w, g):\n    return w - 0.1 * g\n")
    assert verdicts(file)[1] == {"f": ("unrecognised",)}
    assert verdicts(file, "--as", "f=sgd")[1]["f"][0] in ("right", "convention")


@pytest.mark.parametrize(
    ("arguments", "stdin", "why"),
    [
        (("nowhere.py",), None, "must be a file that can be read, got nowhere.py: No such file or directory."),
        (("-", "--lang", "fr"), RIGHT, "`--lang` of `check` must be one of en, zh, got fr."),
        (("-", "--as", "sgd"), RIGHT, "`--as` of `check` must be NAME=TASK"),
        (("-", "--as", "sgd=adagrad"), RIGHT, "`--as` of `check` must be NAME=TASK"),
        (("-", "--as", "f=adam"), RIGHT, "must name a definition of -, got f."),
        (("-", "--watch"), RIGHT, "`--watch` of `check` needs one file"),
        (("-",), b"\xff", "must be text in UTF-8"),
        (("-",), '{"cells": 3}', "must have cells"),
    ],
)
def test_bad_arguments_get_a_sentence(arguments, stdin, why):
    code, out, err = call(*arguments, stdin=stdin)
    assert (code, out) == (2, "")
    assert why in err.replace("\n", " ")
    assert err.startswith("byhand: ")


def test_nothing_to_judge_is_no_success():
    code, out, _ = call("-", stdin="print('hello')")
    assert code == 2
    assert "No definition looks like one of the seven" in out


def test_watch_judges_again_on_save_and_ends_with_ctrl_c(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT)
    command = [sys.executable, "-m", "byhand", "check", str(file), "--watch", "--lang", "en"]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=os.environ | {"COLUMNS": "80"})
    try:
        first = _until(watcher, "1 right")
        assert "sgd  right" in first
        assert "\x1b" not in _until(watcher, "Ctrl-C ends.")  # a pipe is not cleared
        time.sleep(0.3)
        file.write_text(RIGHT.replace("w - lr", "w + lr"))
        assert "sgd/gradient-added" in _until(watcher, "1 mistaken")
        watcher.send_signal(signal.SIGINT)
        assert watcher.wait(20) == 130
    finally:
        watcher.kill()
        watcher.communicate()


def _until(process, text):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_runs_of_one_file_give_one_report():
    reports = []
    for order in ("1", "2"):  # of what is in sets of strings
        command = [sys.executable, "-P", "-m", "byhand", "check", str(EXAMPLES / "first-try.ipynb"), "--json"]
        done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONHASHSEED": order}, check=False)
        report = json.loads(done.stdout)
        assert report.pop("seconds") > 0
        reports.append(json.dumps(report))
    assert reports[0] == reports[1]


@pytest.mark.parametrize("option", ["--definition-seconds", "--file-seconds"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_a_time_is_above_zero(option, value):
    code, _, err = call(EXAMPLES / "first-try.ipynb", f"{option}={value}")
    assert (code, err.strip()) == (2, f"byhand: `{option}` of `check` must be above 0 and finite, got {value}.")


def test_the_time_of_a_file_can_be_set():
    code, out, _ = call(EXAMPLES / "first-try.ipynb", "--file-seconds=0.001")
    assert code == 2
    assert "Not checked: the 0.001 seconds for one file were used up." in " ".join(out.split())


@pytest.mark.parametrize(("lost", "code"), [("class Momentum:\n    def step(self\n", 2), ("$ pip install x\n", 0)])
def test_a_cell_that_is_lost_with_a_definition_in_it_is_no_success(tmp_path, lost, code):
    cells = [{"cell_type": "code", "source": source} for source in (RIGHT, lost)]
    (file := tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    assert verdicts(file) == (code, {"sgd": ("right",)})
