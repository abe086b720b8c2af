"""The pages of docs are what code and clinic say, and their links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byhand.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_the_generated_pages_are_up_to_date():
    command = [sys.executable, str(ROOT / "docs" / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def filled(page):
    """The page with what its commands print, after its Python was run; in the current folder."""
    names, parts = {}, re.split(r"(```(?:python|console)\n.*?\n```)", page, flags=re.DOTALL)
    for i, part in enumerate(parts):
        if part.startswith("```python"):
            exec(part.removeprefix("```python\n").removesuffix("```"), names)
        elif part.startswith("```console"):
            line = part.split("\n")[1]
            run = CliRunner(env={"COLUMNS": "90", "LANG": "C", "LC_ALL": None})
            done = run.invoke(app, shlex.split(line.removeprefix("$ byhand ")), prog_name="byhand")
            printed = [
                text.rstrip() for text in done.output.rstrip().split("\n")[:-2]
            ]  # the last says how long it took
            parts[i] = "\n".join(["```console", line, *printed, "```"])
    return "".join(parts)


def test_the_commands_of_eval_print_what_its_page_shows(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "eval.md").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    assert page.count("```console") == 4
    assert filled(page) == page
