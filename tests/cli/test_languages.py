"""All output of commands exists in English and Chinese, and appears in the chosen language."""

import errno
import json
import os
import re
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from byhand.cli import app
from byhand.cli._names import KERNELS
from byhand.cli._terminal import reason, why_stopped
from byhand.cli._texts import TEXTS, describe, speak, spoken
from byhand.judge.diagnosis import clinic
from byhand.judge.reading.unreadable import Unreadable
from byhand.practice.stories import STORIES
from byhand.sandbox import Reason, Stopped

COMMANDS = get_command(app).commands
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def english():
    """Reset the language to English after each test."""
    yield
    speak(["--lang", "en"])


def call(*arguments, stdin=None, **environment):
    """Run `byhand` in a pipe: exit code, output and errors."""
    environment = {
        "FORCE_COLOR": None,
        "LC_ALL": None,
        "LC_MESSAGES": None,
        "LANG": "C",
        "COLUMNS": "100",
    } | environment
    result = CliRunner(env=environment).invoke(app, arguments, stdin, prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_all_in_the_language(name):
    for arguments in ((name, "--help", "--lang", "zh"), ("--lang", "zh", name, "-h"), (name, "--lang=zh", "--help")):
        code, out, err = call(*arguments)
        assert (code, err) == (0, "")
        assert f"用法：byhand {name} [选项]" in out
        assert "显示这段帮助并退出。" in out
        for english, _ in TEXTS.values():
            assert not (len(english) > 12 and english in out), english
    _, out, _ = call(name, "--help", LANG="zh_CN.UTF-8")
    assert "用法：" in out
    _, out, _ = call(name, "--help", "--lang", "en", LANG="zh_CN.UTF-8")
    assert out.startswith("Usage: byhand ")
    assert "Show this message and exit." in out
    assert not CHINESE.search(out)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_each_parameter(name):
    for lang in ("en", "zh"):
        _, out, _ = call(name, "--help", "--lang", lang, COLUMNS="500")
        for param in COMMANDS[name].params:
            assert describe(name, param.name) in out
            assert param.metavar is None or param.metavar in out
            if param.default not in (None, "") and not getattr(param, "is_flag", False):
                assert re.search(rf"(By default|默认为) {str(param.default).removesuffix('.0')}[.。]", out)
            assert param.param_type_name == "argument" or all(option in out for option in param.opts)


def test_help_of_all_is_in_the_language():
    for code, arguments in ((0, ("--help", "--lang", "zh")), (0, ("--lang", "zh", "-h")), (2, ("--lang", "zh"))):
        found, out, err = call(*arguments)
        assert (found, err) == (code, "")
        assert "用法：byhand [选项] 命令 [参数]..." in out
        assert "byhand tour --quick 用十几秒演示我们的实现" in out
        for name in COMMANDS:
            assert re.search(rf"{name} +{CHINESE.pattern}", out)


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("chekc",), "got chekc. Do you mean check?", "收到的是 chekc。是想写 check 吗？"),
        (("--nonsense",), "`byhand` has no option --nonsense.", "`byhand` 没有 --nonsense 这个选项。"),
        (("check", "--stict", "x"), "has no option --stict. Do you mean --strict?", "是想写 --strict 吗？"),
        (("check",), "`FILE` of `check` is missing: Notebooks, Python", "`check` 缺少 `FILE`：notebook、Python"),
        (("show", "adam", "b"), "`show` takes no more arguments, got b.", "收到的是 b。"),
        (("check", "a.py", "--html"), "`--html` of `check` needs a value.", "`check` 的 `--html` 后面要有值。"),
        (("check", "a.py", "--json=1"), "`--json` of `check` takes no value.", "`--json` 后面不能有值。"),
        (("check", "a.py", "--hint", "9"), "must be an integer from 0 to 3.", "取值应为：0 到 3 的整数。"),
        (("check", "a.py", "--file-seconds", "x"), "must be a number of seconds.", "取值应为：秒数。"),
        (("check", "a.py", "--file-seconds", "0"), "must be above 0 and finite, got 0.", "收到的是 0。"),
        (("tour", "--seed", "-1"), "must be an integer from 0 to 4294967295.", "取值应为：0 到 4294967295 的整数。"),
        (("check", "nowhere.py"), "got nowhere.py: No such file", "nowhere.py：没有这个文件或目录。"),
        (("check", "-", "--as", "f"), "must be NAME=TASK", "必须写成 名字=任务"),
        (("check", "-", "--as", "f=adam"), "must name a definition of -, got f.", "收到的是 f。"),
        (
            ("check", "-", "--watch"),
            "needs one file, not standard input or several files.",
            "不能用标准输入，也不能用多个文件。",
        ),
        (("check", "-", "--html", "/no/a"), "got /no/a: No such file", "/no/a：没有这个文件或目录。"),
        (("explain", "zzz"), "must be a page that `--list` lists, got zzz.", "收到的是 zzz。"),
        (("explain", "adam"), "adam is a formula", "adam 是公式"),
        (("explain", "--list", "adma"), "got adma. Do you mean adam?", "是想写 adam 吗？"),
        (("show", "aux"), "`FORMULA` of `show` must be one of kl_divergence, cr", "只能是 kl_divergence、cross_"),
        (("bench", "lion"), "`NAME` of `bench` must be one of", "`bench` 的 `NAME` 只能是"),
        (("warmup", "--dtype", "int8"), "`--dtype` of `warmup` must be one of", "`warmup` 的 `--dtype` 只能是"),
        (("tour", "--out", "/dev/null"), "got /dev/null: File exists.", "收到的是 /dev/null：文件已存在。"),
    ],
)
def test_errors_are_one_sentence_in_the_language(arguments, english, chinese):
    for lang, words in (("en", english), ("zh", chinese)):
        line = ("--lang", lang, *arguments) if arguments[-1] == "--html" else (*arguments, "--lang", lang)
        code, out, err = call(*line, stdin="x = 1\n")
        assert (code, out) == (2, "")
        assert words in err
        assert err.startswith("byhand: ")
        assert err.count("\n") == 1
        assert bool(CHINESE.search(err)) == (lang == "zh")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_language_is_refused(command):
    code, _, err = call(command, *(["x"] if command in ("check", "show") else []), "--lang", "fr")
    assert (code, err) == (2, f"byhand: `--lang` of `{command}` must be one of en, zh, got fr.\n")


@pytest.mark.parametrize(
    ("arguments", "locale", "lang"),
    [
        ((), "zh_CN.UTF-8", "zh"),
        ((), "C", "en"),
        (("--lang", "zh"), "C", "zh"),
        (("check", "--lang=en"), "zh_CN.UTF-8", "en"),
        (("--lang", "en", "check", "--lang", "zh"), "C", "zh"),
        (("check", "--", "--lang", "zh"), "C", "en"),
        (("--lang", "zh", "check", "--lang=en"), "C", "en"),
        (("check", "zh"), "C", "en"),
        (("check", "x--lang=zh"), "C", "en"),
        (("check", "--lang"), "C", "en"),
    ],
)
def test_the_last_lang_counts_and_else_the_locale(monkeypatch, arguments, locale, lang):
    for name, value in (("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", locale)):
        monkeypatch.setenv(name, value)
    speak(arguments)
    assert spoken() == lang


def test_what_the_system_says_has_its_words():
    for name in (name for name in errno.errorcode.values() if name in TEXTS):
        error = OSError(getattr(errno, name), os.strerror(getattr(errno, name)))
        assert reason(error) == error.strerror == TEXTS[name][0]
        speak(["--lang", "zh"])
        assert reason(error) == TEXTS[name][1]
        speak(["--lang", "en"])
    assert reason(OSError(errno.EDOM, "of another kind")) == "of another kind"


def test_a_file_is_refused_in_the_language():
    cells = json.dumps({"cells": 3})
    assert "notebook must have cells" in call("check", "-", stdin=cells)[2]
    assert "notebook 必须有单元格" in call("check", "-", "--lang", "zh", stdin=cells)[2]
    error = Unreadable("cells", most=2000, file="\x1b.ipynb", there=3000)
    assert str(error) == error.said("en") == r"a notebook to check must have at most 2000 cells, \x1b.ipynb has 3,000."
    assert error.said("zh") == r"要检查的 notebook 最多 2000 个单元格，\x1b.ipynb 有 3,000 个。"


@pytest.mark.parametrize("formula", clinic.FORMULAS)
def test_a_formula_is_told_in_the_language(formula):
    _, story, program = clinic.source(formula).split('"""', 2)
    code, out, err = call("show", formula, "--lang", "zh", COLUMNS="200")
    assert (code, err) == (0, "")
    assert STORIES[formula].strip() in out
    assert program.strip() in out
    assert story.strip() not in out
    for line in (line for line in story.split("\n") if line.startswith("    ") and " ← " in line):
        assert re.split("  +", line.strip())[0] in out  # the same formulas, with other texts
    years = re.findall(r"\b(?:19|20)\d\d\b", story)
    assert years
    assert sorted(years) == sorted(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", STORIES[formula]))


def test_the_names_of_kernels_are_those_of_formulas():
    assert set(KERNELS) == set(clinic.FORMULAS) == set(STORIES)


@pytest.mark.parametrize("arguments", [("--help",), ("check", "-h"), ("doctor", "-h"), ("show", "adam"), ("explain",)])
def test_a_start_without_work_loads_nothing_slow(arguments):
    slow = "{'torch', 'numpy', 'numba'}" if "-h" in arguments[-1] else "{'torch', 'numba'}"
    program = f"import sys, byhand.cli as c\ntry:\n    c.main()\nfinally:\n    assert not {slow} & set(sys.modules)"
    command = [sys.executable, "-c", program, *arguments, "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert CHINESE.search(done.stdout)


def test_what_is_not_sealed_is_told_in_the_language():
    layers = Reason("both", {"first": Reason("layer off", {"layer": "a"}), "second": Reason("system", {"system": "b"})})
    stop = Stopped("not sealed", Reason("not sealed", {"missing": layers, "ways": Reason("ways")}))
    english = "Not sealed: a is switched off; byhand cannot seal a program on b. Run it in a container"
    assert why_stopped(stop).startswith(english)
    assert stop.detail == why_stopped(stop)
    speak(["--lang", "zh"])
    assert why_stopped(stop).startswith("无法隔离：a 已关闭；byhand 在 b 上无法隔离程序。请在使用 Linux")
    why = Reason("no start", {"why": Reason("request time", {"seconds": "60"})})
    assert why_stopped(Stopped("ours", why)) == "沙箱出错：沙箱没有启动成功：60 秒内没有结束。"
