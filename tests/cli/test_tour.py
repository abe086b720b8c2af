"""`byhand tour` as users run it: the terminal output and the HTML page."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import sklearn
import torch

import byhand
from byhand.cli._tour import plan as tour_plan
from byhand.cli._tour.plan import DATA, RECIPES, STUDENT

TITLES = [f"{data}, {recipe.name}" for data in DATA for recipe in (*RECIPES, STUDENT)]
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """A parsed page: elements with their attributes, table cells by row, and the text of each."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.rows, self.text, self.open = [], [], {}, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """`byhand tour --quick` in a pipe, with warnings as errors: its output and its page."""
    out = tmp_path_factory.mktemp("tour") / "with a space" / "out"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "byhand", "tour", "--quick", "--seed", "3", "--out", str(out)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout, out / "report.html"


def test_terminal_shows_every_run_and_where_the_report_is(quick):
    output, report = quick
    for title in TITLES:
        assert len(re.findall(rf"^{title} +\d+\.\d\d% right", output, re.MULTILINE)) == 1
    assert "All 10 runs agree" in output
    assert "byhand check, on a learner's notebook (first-try.ipynb)" in output
    assert "byhand explain adam/old-moment-not-decayed" in output
    assert re.search(r"^Training took [\d.]+ seconds with byhand and [\d.]+ with torch\.$", output, re.MULTILINE)
    (link,) = re.findall(r"^Report: (.*)$", output, re.MULTILINE)
    link = urlsplit(link)
    assert (link.scheme, Path(unquote(link.path))) == ("file", report.resolve())


def test_pipe_gets_plain_text_of_80_columns(quick):
    output, _ = quick
    assert output.isascii()
    assert "\x1b" not in output
    assert "\r" not in output
    tour, _, _ = output.partition("The other half")  # there v̂ has one column, v? two
    assert max(len(line) for line in tour.splitlines() if not line.startswith("Report: ")) <= 80


def test_report_is_a_page_of_its_own(quick):
    _, report = quick
    html = report.read_text(encoding="utf-8")
    page = Page(html)
    assert page.open == []
    assert html.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in page.elements
    assert ("meta", {"charset": "utf-8"}) in page.elements
    assert any(a.get("name") == "viewport" for tag, a in page.elements if tag == "meta")
    assert "byhand tour" in page.text["title"]
    assert list(report.parent.iterdir()) == [report]
    assert report.stat().st_mode & 0o777 == 0o666 & ~umask()


def test_report_needs_nothing_else(quick):
    _, report = quick
    html = report.read_text(encoding="utf-8")
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "image"} & {tag for tag, _ in page.elements}
    links = [v for _, a in page.elements for k, v in a.items() if k in ("src", "href", "xlink:href", "data", "srcset")]
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert all(link.startswith("#") and link[1:] in ids for link in links)
    assert len(ids) == len(set(ids))
    assert all(name in ids for name in re.findall(r"url\(#([^)]*)\)", html))
    assert re.findall(r"url\((?!#)|@import", html) == []
    assert re.findall(r"\$\w+", html) == []


def test_report_has_every_row_and_figure(quick):
    output, report = quick
    page = Page(report.read_text(encoding="utf-8"))
    names = [recipe.name for recipe in (*RECIPES, STUDENT)]
    runs_table = page.rows[: 1 + len(DATA) * (1 + 2 * len(names))]
    expected = [
        row for data in DATA for row in ([data], *(pair for name in names for pair in ([name, "byhand"], ["torch"])))
    ]
    assert [row[: len(start)] for row, start in zip(runs_table[1:], expected, strict=True)] == expected
    assert [row[0] for row in page.rows[len(runs_table) + 1 :]] == [x for data in DATA for x in (data, *names)]
    for row in runs_table[1:]:
        if "byhand" in row:
            assert all(cell in output for cell in row if cell.endswith("%"))
    assert sum(tag == "svg" for tag, _ in page.elements) == 7


def test_report_says_how_to_repeat_it(quick):
    _, report = quick
    page = Page(report.read_text(encoding="utf-8"))
    assert "byhand tour --quick --seed 3" in page.text["code"]
    facts = page.text["dd"]
    for version in (byhand.__version__, torch.__version__, sklearn.__version__, sys.version.split()[0]):
        assert version in facts
    assert "AdamW(lr=0.001, weight_decay=0.1)" in facts


def test_forced_colours_bring_no_animation_into_a_pipe(small):
    output = small(FORCE_COLOR="1").stdout
    assert "\x1b[32m" in output
    assert set(re.findall(r"\x1b\[[\d;?]*(.)", output)) == {"m"}
    assert "\x1b" not in small(FORCE_COLOR="1", NO_COLOR="1").stdout


def test_table_fits_60_columns(small):
    output = small(COLUMNS="60").stdout
    assert "\u2026" not in output
    assert max(len(line) for line in output.splitlines() if not line.startswith("Report: ")) <= 60


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_tour_speaks_chinese(small, tmp_path):
    done = small("--lang", "zh")
    assert (done.exit_code, done.stderr) == (0, "")
    for words in ("正在加载", "共 10 次训练", "准确率", "10 次训练都与 torch", "训练用时", "报告：file://"):
        assert words in done.stdout
    assert not re.search(r"[a-z]+ (right|from|with|seconds)\b|[Tt]raining|difference", done.stdout)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert page.open == []
    assert ("html", {"lang": "zh-CN"}) in page.elements
    assert re.findall(r"\$\w+", html) == []
    prose = "".join(page.text[tag] for tag in ("p", "h2", "li", "figcaption", "th", "span", "dt", "dd"))
    assert "teacher 有" in prose
    assert not re.search(r"\b(the|of|with|and|than|which|seconds|largest|run)\b", prose)


def test_both_proses_of_the_page_have_the_same_parts():
    folder = Path(tour_plan.__file__).parent
    english, chinese = ((folder / f"{name}.html").read_text("utf-8") for name in ("english", "chinese"))
    assert sorted(set(re.findall(r"\$\w+", english))) == sorted(set(re.findall(r"\$\w+", chinese)))
    tags = [re.findall(r"</?(?:h1|h2|p|figure|figcaption|div|ul|li|dl)\b", text) for text in (english, chinese)]
    assert tags[0] == tags[1]
