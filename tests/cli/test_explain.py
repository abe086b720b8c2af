"""`byhand explain` and `byhand show`: pages of mistakes and formulas, in a terminal."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.judge.diagnosis import clinic


def call(*arguments, **environment):
    """Run `byhand` in a pipe: exit code, output and errors."""
    environment = {"FORCE_COLOR": None, "GITHUB_ACTIONS": None, "LC_ALL": None, "LC_MESSAGES": None, **environment}
    result = CliRunner(env=environment).invoke(app, arguments, prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


def test_a_page_by_its_id_its_name_or_a_part_of_it():
    for name in ("adam/no-bias-correction", "no-bias-correction", "no-bias"):
        code, out, err = call("explain", name, LANG="C")
        assert (code, err) == (0, "")
        assert "No bias correction" in out
        assert "m_hat = m / (1 - beta1**t)" in out
        assert "Why it matters" in out


def test_the_language_is_that_of_the_locale_or_the_one_asked_for():
    assert "没有做偏差修正" in call("explain", "no-bias", LANG="zh_CN.UTF-8")[1]
    assert "没有做偏差修正" in call("explain", "no-bias", "--lang", "zh", LANG="C")[1]
    assert "没有" not in call("explain", "no-bias", "--lang", "en", LANG="zh_CN.UTF-8")[1]


def test_the_list_has_every_page_and_that_of_a_formula_its_own():
    _, out, _ = call("explain", "--list", COLUMNS="200")
    listed, formula = set(), ""
    for line in out.splitlines():
        formula = formula if line.startswith(" ") else line
        listed.add(formula + line.split()[0])
    assert {page.id for page in clinic.all_pages()} <= listed
    _, out, _ = call("explain", "--list", "adamw", COLUMNS="40")
    assert "adam/\n  amsgrad\n      AMSGrad in place of Adam\n" in out
    assert "roc_auc/" not in out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("explain", "adam/no-bais-correction"), "Do you mean adam/no-bias-correction"),
        (("explain", "zzz"), "must be a page that `--list` lists, got zzz."),
        (("explain", "adam"), "`byhand explain --list adam` lists its mistakes."),
        (("explain", "--list", "adagrad"), "must be one of kl_divergence"),
        (("explain", "--list", "adma"), "got adma. Do you mean adam?"),
        (("explain", "no-bias", "--lang", "fr"), "`--lang` of `explain` must be one of en, zh, got fr."),
        (("show", "adagrad"), "must be one of kl_divergence"),
        (("show", "aux"), "got aux."),
    ],
)
def test_bad_arguments_get_a_sentence(arguments, why):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert why in err
    assert err.startswith("byhand: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("formula", clinic.FORMULAS)
def test_show_prints_story_and_program(formula):
    code, out, err = call("show", formula)
    assert (code, err) == (0, "")
    _, story, program = clinic.source(formula).split('"""', 2)
    assert story.strip() in out
    assert program.strip() in out


@pytest.mark.parametrize(
    ("name", "first"),
    [("Adam", "Adam: momentum"), ("auc", "ROC AUC"), ("KL", "KL divergence"), ("Cross-Entropy", "Cross")],
)
def test_a_formula_has_more_than_one_name(name, first):
    code, out, _ = call("show", name)
    assert code == 0
    assert out.startswith(first)


@pytest.mark.parametrize("words", ["beta", "BIAS", "偏差修正"])
def test_explain_finds_pages_by_their_titles_in_both_languages(words):
    code, out, _ = call("explain", words, "--lang", "zh" if words == "偏差修正" else "en")
    assert code == 0
    assert "adam/" in out
    assert words.lower() in out.lower()


@pytest.mark.parametrize("arguments", [("show", "adam"), ("explain", "--list"), ("explain", "no-bias-correction")])
def test_pages_and_formulas_are_shown_without_torch(arguments):
    program = "import sys, byhand.cli as c\ntry:\n    c.main()\nfinally:\n    assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
