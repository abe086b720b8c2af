"""The front end as files: complete, small, and of this machine alone."""

import gzip
import json
import re
from importlib.resources import files

import pytest

STATIC = files("byhand.practice.web") / "static"
OWN = [file for file in STATIC.rglob("*") if file.suffix in (".js", ".css", ".html") and file.name != "codemirror.js"]
LARGEST = 150_000


def test_the_editor_is_small_and_has_its_licences():
    assert len(gzip.compress((STATIC / "codemirror.js").read_bytes())) <= LARGEST
    licences = (STATIC / "codemirror.LICENSE.txt").read_text("utf-8")
    assert "@codemirror/view" in licences
    assert "MIT" in licences


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_nothing_comes_from_another_machine(file):
    found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\"' ]*", file.read_text("utf-8"))
    assert [one for one in found if one != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("file", [file for file in OWN if file.suffix == ".js"], ids=lambda file: file.name)
def test_modules_import_what_is_there(file):
    text = file.read_text("utf-8")
    for name in re.findall(r'from "(\.[^"]+)"', text):
        assert (file.parent / name).is_file(), name
    for key in re.findall(r'\bsay\("(\w+)"', text):
        assert key in texts(), key


def texts():
    """All texts of the page, by key: in English and in Chinese."""
    body, _, _ = (STATIC / "texts.js").read_text("utf-8").partition("export const FORMULAS")
    found = {}
    for key, pair in re.findall(r'^  (\w+): \[\s*(".*?")\s*,?\s*\],$', body, re.MULTILINE | re.DOTALL):
        found[key] = json.loads(f"[{pair}]")
    return found


def test_no_text_is_left_over():
    code = "".join(file.read_text("utf-8") for file in OWN if file.suffix == ".js" and file.name != "texts.js")
    begun = re.findall(r"\bsay\(`(\w+)\$\{", code)
    unused = [key for key in texts() if f'"{key}"' not in code and not key.startswith(tuple(begun))]
    assert unused == []


def test_texts_are_in_two_languages():
    assert len(texts()) > 100
    for key, (english, chinese) in texts().items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key
        assert not re.search("[\u4e00-\u9fff]", english) or key == "other_language", key
