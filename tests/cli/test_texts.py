"""The texts of commands: in both languages, without duplicates or unused ones, in the style of each language."""

import ast
import errno
import re
from pathlib import Path
from string import Formatter

import pytest
from typer.main import get_command

import byhand.cli
from byhand.cli import app
from byhand.cli._texts import TEXTS
from byhand.judge.reading.unreadable import REFUSALS
from byhand.losses.kl_divergence import GIVEN
from byhand.sandbox.checkup import ATTACKS, LAYERS, STOPPED_BY_JUDGE

COMMANDS = get_command(app).commands
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME = {
    *("landlock", "seccomp", "loss", "auc", "kl_div", "sgd", "adam", "adamw", "no sandbox", "epoch"),
    *("page lang", "page prose", "quantity of students", "titled students", "fact seed", "fact backend", "fact python"),
}
"""Texts that consist only of names and terms, or come from the judge."""
TABLES = [pytest.param(TEXTS, id="commands"), pytest.param(REFUSALS, id="refusals")]


def blanks(text):
    return sorted(f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("table", TABLES)
def test_each_text_is_there_in_both_languages(table):
    for key, (english, chinese) in table.items():
        assert english, key
        assert chinese, key
        assert not CHINESE.search(english), key
        assert blanks(english) == blanks(chinese), key
        punctuation = chinese.strip() and not re.search(r"\w", re.sub(r"\{.*?\}", "", chinese))
        assert CHINESE.search(chinese) or key in SAME or punctuation, key


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("column", [0, 1])
def test_no_two_keys_say_the_same(table, column):
    texts = [text[column] for text in table.values()]
    assert sorted(text for text in set(texts) if texts.count(text) > 1) == []


@pytest.mark.parametrize("table", TABLES)
def test_chinese_has_the_punctuation_of_chinese(table):
    for key, (_, chinese) in table.items():
        prose = re.sub(r"`[^`]*`|\{[^{}]*\}", "·", chinese)
        assert not re.search(r"[：，。；、（）？] ", prose), key
        assert not re.search("[\u4e00-\u9fff][,;:?()]|[,;:?(][\u4e00-\u9fff]", prose), key
        assert not re.search("[\u4e00-\u9fff][a-zA-Z]|[a-zA-Z][\u4e00-\u9fff]", prose), key


def test_no_text_is_left_over():
    files = [file for file in Path(byhand.cli.__file__).parent.rglob("*.py") if file.parent.name != "_texts"]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    said = {node.value for node in nodes if isinstance(node, ast.Constant)}
    said |= {f"{name}.{param.name}" for name, command in COMMANDS.items() for param in command.params}
    said |= {"byhand", *COMMANDS, *(param.name for param in get_command(app).params), *errno.errorcode.values()}
    said |= {"arguments", "options", *(f"{metavar} must be" for metavar in ("0-3", "N", "SECONDS", "MINUTES"))}
    said |= {"judge", *ATTACKS, *STOPPED_BY_JUDGE, *LAYERS, *(f"kl {given}" for given in GIVEN)}
    assert set(TEXTS) - said == set()
