"""Tab completion, as shells request it."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from byhand.cli import _completion, app
from byhand.judge.diagnosis import clinic

PAGES = {page.id for page in clinic.all_pages()}


@pytest.fixture
def byhand(tmp_path):
    """The command as a separate process with its own home folder."""
    program = tmp_path / "bin" / "byhand"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m byhand "$@"\n')
    program.chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "FORCE_COLOR")}
    paths = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    def run(*command, **more):
        done = subprocess.run(
            command,
            env=environment | paths | {"LANG": "C.UTF-8"} | more,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def in_bash(byhand, *words):
    """Completions of the last of these words, which are split as bash splits them."""
    more = {"_BYHAND_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    code, out, err = byhand("byhand", **more)
    assert (code, err) == (0, "")
    return set(out.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ex",), {"explain"}),
        (("check", "--str"), {"--strict"}),
        (("show", "ad"), {"adam", "adamw"}),
        (("explain", "adam/no-bias"), {"adam/no-bias-correction"}),
        (("explain", "no-bias"), {"no-bias-correction"}),
        (("explain", "--list", "ad"), {"adam", "adamw"}),
        (("--lang", ""), {"en", "zh"}),
        (("check", "--lang", "z"), {"zh"}),
        (("check", "--lang", "=", "z"), {"zh"}),
        (("check", "--lang", "="), {"en", "zh"}),
        (("check", "x.py", "--as", "f", "=", "ad"), {"adam", "adamw"}),
        (("check", "x.py", "--as", "f", "="), set(clinic.FORMULAS)),
        (("check", "--as", "f", "=", "adam", "x.py", "--as", "g", "=", "ro"), {"roc_auc"}),
        (("check", "x.py", "--as", "f=ad"), {"f=adam", "f=adamw"}),
        (("check", "x.py", "--as", "ad"), set()),
        (("bench", "st"), {"start"}),
        (("warmup", "--dtype", "bf"), {"bfloat16"}),
    ],
)
def test_bash_gets_what_can_follow(byhand, words, expected):
    assert in_bash(byhand, "byhand", *words) == expected


def test_bash_gets_every_page(byhand):
    assert in_bash(byhand, "byhand", "explain", "") == PAGES


@pytest.mark.parametrize(("lang", "title"), [("en", "No bias correction"), ("zh", "没有做偏差修正")])
def test_zsh_shows_titles_and_helps_in_the_language(byhand, lang, title):
    def ask(line):
        more = {"_BYHAND_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line, "LANG": f"{lang}_XX.UTF-8"}
        return byhand("byhand", **more)[1]

    assert f'"adam/no-bias-correction":"{title}"' in ask("byhand explain adam/no-bias")
    strict = {"en": "Fragile definitions and library calls count as", "zh": "边界情况出错、调用现成的库都算错。"}
    assert strict[lang] in ask("byhand check --stri")
    assert {"en": "Show this message and exit.", "zh": "显示这段帮助并退出。"}[lang] in ask("byhand check --hel")
    assert {"en": "Print a formula", "zh": "打印一个公式"}[lang] in ask("byhand sho")


def test_bash_completes_with_the_script_that_is_shown(byhand):
    script = """
    eval "$(byhand --show-completion)"
    complete -p byhand
    COMP_WORDS=(byhand check x.py --as f = ada) COMP_CWORD=6
    _byhand_completion byhand
    echo "${COMPREPLY[@]}"
    """
    code, out, err = byhand("bash", "-c", script)
    assert (code, err) == (0, "")
    assert "_byhand_completion byhand" in out
    assert out.endswith("\nadam adamw\n")


@pytest.mark.parametrize(("lang", "words"), [("en", "Completion for bash is in"), ("zh", "bash 的补全已写入")])
def test_it_is_installed_for_the_shell_that_asks(tmp_path, byhand, lang, words):
    code, out, err = byhand("bash", "-c", f"byhand --lang {lang} --install-completion; exit $?")
    assert (code, err) == (0, "")
    assert out.startswith(words)
    (script,) = (tmp_path / ".bash_completions").iterdir()
    assert str(script) in out
    assert "_byhand_completion" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()


def test_where_it_can_not_be_installed_that_is_told(tmp_path, byhand):
    (tmp_path / ".bash_completions").write_text("in the way")
    code, out, err = byhand("bash", "-c", "byhand --install-completion; exit $?")
    assert (code, out) == (2, "")
    assert err == "byhand: completion for bash can't be installed: File exists.\n"


@pytest.mark.parametrize(
    ("shell", "lang", "words"),
    [
        ("tcsh", "en", "completion supports bash, zsh, fish, powershell, pwsh; this shell is tcsh."),
        ("tcsh", "zh", "补全只支持 bash、zsh、fish、powershell、pwsh，当前 shell 是 tcsh。"),
        ("", "zh", "补全只支持 bash、zsh、fish、powershell、pwsh，当前 shell 无法识别。"),
        ("", "en", "completion supports bash, zsh, fish, powershell, pwsh; this shell was not recognised."),
    ],
)
def test_a_shell_that_is_not_known_is_told(monkeypatch, shell, lang, words):
    monkeypatch.setattr(_completion, "_shell", lambda: shell)
    for option in ("--install-completion", "--show-completion"):
        done = CliRunner().invoke(app, ["--lang", lang, option], prog_name="byhand")
        assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"byhand: {words}\n")
