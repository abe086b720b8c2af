"""`byhand practice` as it is used: files, keys, hunts and exams in a terminal; and checks of its files, which count."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.judge.diagnosis import clinic
from byhand.practice.exercises import exercise
from byhand.practice.headers import Header, header_of
from byhand.practice.hunts.drawing import choices, hunt
from byhand.practice.progress import Progress

PATIENCE = 100.0
"""Seconds until a test gives up; it must not wait forever."""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, and a home without progress."""
    monkeypatch.setenv("BYHAND_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments, command="practice", **environment):
    """Run `byhand practice` in a pipe: exit code, output and errors."""
    plain = {"FORCE_COLOR": None, "LC_ALL": None, "LC_MESSAGES": None, "LANG": "C", "COLUMNS": "120", **environment}
    result = CliRunner(env=plain).invoke(app, [command, *arguments], prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


def solved(id, library):
    return f"{Header('practice', id, library)}\n{exercise(id).solution(library)}"


class Terminal:
    """`byhand practice` in a terminal of its own."""

    def __init__(self, *arguments, lang="en"):
        mine, theirs = pty.openpty()
        env = os.environ | {"COLUMNS": "100", "TERM": "xterm", "NO_COLOR": "1", "LANG": "C.UTF-8"}
        command = [sys.executable, "-m", "byhand", "practice", *arguments, "--lang", lang]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
        os.close(theirs)
        self.mine, self.text = mine, ""

    def until(self, words):
        """Read until these words have been printed; what came before them."""
        begun = time.monotonic()
        while words not in self.text:
            assert time.monotonic() < begun + PATIENCE, self.text
            if select.select([self.mine], [], [], 1.0)[0]:
                try:
                    self.text += os.read(self.mine, 4096).decode("utf-8", "replace")
                except OSError:
                    break
        assert words in self.text, self.text
        before, _, self.text = self.text.partition(words)
        return before

    def press(self, keys):
        os.write(self.mine, keys.encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.mine)


def test_the_list_has_every_exercise_and_says_what_is_done_and_next(here):
    code, out, _ = call("--list")
    assert code == 0
    assert "→ · sgd " in out
    assert "0 of 18 done; next: SGD (sgd)." in out
    assert not (here / "home").exists()  # looking at the list writes nothing
    Progress().attempt("sgd", "numpy", "right", True)
    Progress().attempt("adam", "numpy", "mistaken", False)
    _, out, _ = call("--list")
    assert re.search(r"✓ sgd +SGD +easy, 5 min  numpy", out)
    assert "→ · sgd/l2" in out
    assert "✗ adam " in out
    assert "已完成 1/18；下一题：带 L2 正则的 SGD（sgd/l2）。" in call("--list", "--lang", "zh")[1]
    assert "byhand practice sgd/l2" in call()[1]


def test_a_blank_is_written_once_and_never_over_a_file(here):
    code, out, _ = call("adam")
    assert code == 0
    assert "adam.py" in out
    text = (here / "adam.py").read_text()
    assert header_of(text) == Header("practice", "adam", "torch")
    (here / "adam.py").write_text("mine")
    code, out, err = call("adam")
    assert (code, out) == (2, "")
    assert "adam.py exists already" in err
    assert (here / "adam.py").read_text() == "mine"
    assert call("ce/logits", "--library", "numpy", "--notebook", "--out", "a/b", "--lang", "zh")[0] == 0
    cells = json.loads((here / "a/b/cross_entropy_logits.ipynb").read_text())["cells"]
    assert "交叉熵" in cells[0]["source"][0]
    call("sgd")
    assert header_of((here / "sgd.py").read_text()).library == "numpy"  # as the last one
    assert not list(here.rglob(".byhand-*"))


def test_a_reset_keeps_the_old_file_under_a_number(here):
    call("adam")
    for n in (1, 2):
        (here / "adam.py").write_text(f"mine {n}")
        Progress().attempt("adam", "torch", "right", True)
        assert call("--reset", "adam")[0] == 0
        assert (here / f"adam_{n}.py").read_text() == f"mine {n}"
        assert "# your code" in (here / "adam.py").read_text()
        assert Progress().done() == {}


def test_solutions_and_hints_are_printed(here):
    _, out, _ = call("--solution", "adam", "--library", "numpy")
    assert exercise("adam").solution("numpy").strip() in out
    assert "byhand show adam" in out
    _, out, _ = call("--hint", "1", "adam")
    assert "Hint 0" in out
    assert "m ← β₁ · m" in out
    assert "Hint 2" not in out
    assert "self.t[i] += 1" in call("--hint", "3", "adam", "--library", "torch")[1]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("adma",), "must be one of sgd, sgd/l2"),
        (("adma",), "Do you mean adam"),
        (("adam", "--library", "jax"), "`--library` of `practice` must be one of torch, numpy, python, got jax."),
        (("--list", "--hunt"), "`--list` and `--hunt` of `practice` can't be used together."),
        (("adam", "--list"), "must not be given with `--list`, got adam."),
        (("--reset",), "`--reset` of `practice` needs an exercise"),
        (("--hunt", "adagrad"), "must be one of kl_divergence"),
        (("--exam", "99", "--minutes", "0"), "must be above 0 and finite, got 0."),
        (("--exam", "2", "--minutes", "soon"), "must be a number of minutes"),
        (("--export", "no/such/folder/p.json"), "must be a path to write to"),
        (("adam", "--out", "file/below"), "can't be written"),
    ],
)
def test_bad_arguments_get_a_sentence_and_write_nothing(here, arguments, why):
    (here / "file").write_text("")
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert why in err
    assert [file.name for file in here.iterdir()] == ["file"]


def test_a_damaged_progress_gets_a_sentence_and_does_not_spoil_a_check(here):
    (here / "home").mkdir()
    (here / "home/progress.sqlite").write_bytes(b"not a database, and long enough for that" * 50)
    code, out, err = call("--list")
    assert (code, out) == (2, "")
    assert "progress.sqlite can't be read or written" in err
    (here / "sgd.py").write_text(solved("sgd", "python"))
    code, out, err = call("sgd.py", command="check")
    assert (code, "1 right" in out) == (0, True)
    assert "progress.sqlite can't be read or written" in err


def test_a_check_of_a_practice_file_counts_and_the_export_has_it(here):
    (here / "work.py").write_text(solved("sgd", "python"))
    code, out, _ = call("work.py", command="check")
    assert code == 0
    assert "sgd is done. 1 of 18 done; next: SGD with L2 (sgd/l2)." in out
    wrong = solved("momentum", "python").replace("params[i] -=", "params[i] +=")
    (here / "other.py").write_text(wrong.partition("\n")[2])  # no file of practice: only its mistakes are kept
    assert call("other.py", command="check")[0] == 1
    assert Progress().seen() == ["momentum/sign-flipped"]
    assert call("--export", "p.json")[0] == 0
    table = json.loads((here / "p.json").read_text())
    assert table["done"] == {"sgd": ["python"]}
    assert table["mistakes"] == {"momentum/sign-flipped": 1}


def test_a_check_of_any_other_file_keeps_nothing_of_somebody_who_does_not_practise(here):
    (here / "other.py").write_text(solved("sgd", "python").replace("-=", "+=").partition("\n")[2])
    assert call("other.py", command="check")[0] == 1
    assert not (here / "home").exists()


def test_a_hunt_is_handed_out_with_four_answers_and_another_one_next(here):
    first = call("--hunt", "adam", "--library", "torch", "--seed", "1")[1]
    (file,) = here.glob("hunt_adam_*.py")
    found = hunt(header_of(file.read_text()).token)
    assert file.read_text() == found.text
    for page in choices(found, 1):
        assert page.en.title in first
    call("--hunt", "adam", "--library", "torch", "--seed", "1")
    assert len(list(here.glob("hunt_adam_*.py"))) == 2
    Progress().saw(["adam/no-eps"])
    call("--hunt", "--library", "torch", "--seed", "1")
    assert hunt(Progress().last_hunt()).page == "adam/no-eps"


@pytest.mark.parametrize("right", [True, False])
def test_a_hunt_is_named_in_a_terminal(here, right):
    with Terminal("--hunt", "sgd", "--library", "numpy", "--seed", "5") as terminal:
        shown = terminal.until("1-4, or Enter to mend the program: ")
        found = hunt(re.search(r"sgd, numpy, (\w+)", shown)[1])
        pages = [page.id for page in choices(found, 5)]
        answer = pages.index(found.page) if right else (pages.index(found.page) + 1) % 4
        terminal.press(f"9\n{answer + 1}\n")
        terminal.until("That is it." if right else "No: it is this one.")
        terminal.until(clinic.page(found.page).en.title)
        terminal.until(f"byhand explain {found.page}")
        assert terminal.process.wait(PATIENCE) == (0 if right else 1)
    assert Progress().solved_hunts() == ({found.token} if right else set())


def test_watching_judges_at_each_save_and_has_keys(here):
    with Terminal("--watch", "sgd", "--library", "python") as terminal:
        terminal.until("not written yet")
        terminal.until("sgd is not done yet.")
        terminal.until("h hint")
        terminal.press("h")
        terminal.until("Hint 0")
        terminal.press("h")
        terminal.until("θ ← θ − lr · g")
        terminal.press("l")
        terminal.until("roc_auc/curve")
        terminal.press("x")
        terminal.until("q quit")
        (here / "sgd.py").write_text(solved("sgd", "python").replace("-=", "+="))
        terminal.until("sgd/gradient-added")
        (here / "sgd.py").write_text(solved("sgd", "python"))
        terminal.until("sgd is done. 1 of 18 done; next: SGD with L2 (sgd/l2).")
        terminal.until("q quit")
        terminal.press("n")
        terminal.until("sgd/l2 is not done yet.")
        terminal.until("q quit")
        assert (here / "sgd_l2.py").exists()
        terminal.press("q")
        assert terminal.process.wait(PATIENCE) == 0
    assert Progress().done() == {"sgd": {"python"}}


def test_an_exam_is_written_left_open_and_marked(here):
    code, out, _ = call("--exam", "2", "--library", "python", "--out", "exam", "--seed", "3")
    assert code == 0
    assert "2 questions, 60 minutes left" in out
    Progress().put("exam", None)
    assert call("--exam", "2", "--out", "exam")[0] == 2  # a folder that is not empty stays as it is
    assert (len(list((here / "exam").iterdir())), Progress().get("exam")) == (2, None)
    (here / "exam").rename(here / "last")
    call("--exam", "2", "--library", "python", "--out", "exam", "--seed", "3")
    task, bug = sorted((here / "exam").iterdir())
    id = header_of(task.read_text()).name
    found = hunt(header_of(bug.read_text()).token)
    task.write_text(solved(id, "python"))
    code, out, _ = call("--exam", "2")
    assert code == 1
    assert f"✓ 1  {exercise(id).title('en')}  right" in out
    assert found.page in out
    assert "Score: 1 of 2" in out
    assert Progress().done() == {id: {"python"}}
    (exam,) = json.loads(Progress().get("exams"))
    assert (exam["score"], Progress().get("exam")) == (1, None)


def test_an_exam_in_a_terminal_has_a_clock_and_is_handed_in_or_left(here):
    with Terminal("--exam", "1", "--minutes", "5", "--library", "python", "--out", "e", "--seed", "1") as terminal:
        terminal.until("  4:5")
        terminal.press("q")
        terminal.until("The exam is open")
        assert terminal.process.wait(PATIENCE) == 0
    with Terminal("--exam", "1") as terminal:
        terminal.until("  4:")
        terminal.press("d")
        terminal.until("Score: 0 of 1")
        assert terminal.process.wait(PATIENCE) == 1


def test_ctrl_c_ends_a_question(here):
    with Terminal("--hunt", "adam", "--library", "python") as terminal:
        terminal.until("Enter to mend the program: ")
        begun = time.monotonic()
        while terminal.process.poll() is None and time.monotonic() < begun + PATIENCE:
            terminal.process.send_signal(signal.SIGINT)  # one may come just before the question waits, and be too early
            time.sleep(1.0)
        assert terminal.process.wait(1.0) == 130


def test_torch_is_not_imported_to_list_or_to_write(here):
    for arguments in (["--list"], ["--hunt", "adam"]):
        code = f"import sys; sys.argv = ['byhand', 'practice', *{arguments}]\nfrom byhand.cli import main\n"
        code += "try:\n    main()\nfinally:\n    assert not {'torch', 'numpy', 'platformdirs'} & set(sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=PATIENCE)
        assert (done.returncode, done.stderr) == (0, ""), arguments
