"""What a report says and gives away, in two languages and three forms; nothing in it is obeyed."""

import ast
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import code_of, columns_of
from byhand.judge.model import VERDICTS, Finding, Fix, Judgement, Place, Replaced, Report
from byhand.judge.reading.notebook import read
from byhand.judge.reporting import mathml, page, site, terminal
from byhand.judge.reporting.highlight import line_html
from byhand.judge.reporting.json_form import as_json
from byhand.judge.reporting.report import exit_code, problems
from byhand.judge.reporting.texts import EDGES, NOTES, PHRASES, REASONS, RESULTS, STOPPED, TASKS

DOCS = Path(__file__).parents[3] / "docs" / "check.md"
MISTAKE = "adam/no-bias-correction"
EVIL = "\x1b[31m\x1b]52;c;aGk=\x07[bold]x[/] <script>alert(1)</script> \u202e"
SOURCE = f"def adam(p, g):\n    m = p  # {EVIL}\n    return m\n"


def made(verdict="mistaken", findings=(), **more):
    program = read(SOURCE.encode(), "learner.py")
    judgement = Judgement(program.definitions[0], verdict, "adam", {"result": "mean"}, tuple(findings), **more)
    return Report(program, (judgement,), ("Landlock 7", "seccomp"), seconds=1.25)


def printed(report, lang="en", hint=1, width=100, full=False):
    text = io.StringIO()
    terminal.show(Console(file=text, width=width, color_system=None), report, lang, hint, full)
    return text.getvalue()


BIAS = "adam/bias-correction-without-t"
FOUND = Finding(MISTAKE, "mistake", 2, "", "m = 0.6838", "m = 0.9000", "theta = [1.0]")


def test_a_hint_gives_away_no_more_than_it_should():
    report, text = made(findings=[FOUND]), clinic.page(MISTAKE).en
    symptom, place, formula, fix = (" ".join(printed(report, hint=hint).split()) for hint in range(4))
    assert "m = 0.6838" in symptom
    assert "m = 0.9000" in symptom
    assert text.title not in symptom
    assert MISTAKE not in symptom
    assert "m = p" not in symptom
    for told in (place, formula, fix):
        assert text.title in told
        assert "2 │ m = p" in told
        assert f"byhand explain {MISTAKE}" in told
    assert "m_hat = m / (1 - beta1**t)" not in place
    assert "The formula has: m_hat = m / (1 - beta1**t)" in formula
    assert "Write instead" in fix


def test_it_speaks_chinese():
    text = printed(made(findings=[FOUND]), "zh")
    assert "没有做偏差修正" in text
    assert "第 2 行" in text
    assert "公式" in text
    assert "mistaken" not in text


@pytest.mark.parametrize("width", [40, 100])
def test_the_marked_line_is_underlined_where_it_stands(width):
    lines = printed(made(findings=[FOUND]), width=width).split("\n")
    at = next(i for i, line in enumerate(lines) if re.search(r"\d │ +m = p", line))
    assert lines[at].index("m = p") == lines[at + 1].index("^")


def test_chinese_is_wrapped_between_characters_and_never_before_punctuation():
    text = terminal.Prose("每一步都从零开始，程序等于 plain SGD（没有动量）。")
    lines = [line.plain for line in text.wrap(Console(), 10)]
    assert "".join(lines).replace(" ", "") == text.plain.replace(" ", "")
    assert all(terminal.cell_len(line) <= 10 and line[0] not in "，。）" and line[-1] != "（" for line in lines)
    assert [line.plain for line in terminal.Prose("plain words and more").wrap(Console(), 11)] == [
        "plain words",
        "and more",
    ]


@pytest.mark.parametrize("where", ["detail", "yours", "input"])
def test_what_a_learner_writes_is_shown_and_not_obeyed(where):
    if where == "detail":
        report = made("stopped", stopped="error", detail=f"ValueError: {EVIL}", line=2)
    else:
        report = made(findings=[Finding(MISTAKE, "mistake", 2, **{"yours": "0", "formula": "1", where: EVIL})])
    text = printed(report)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "[bold]x[/]" in text
    html = page.page(report)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in json.dumps(as_json(report), ensure_ascii=False)


@pytest.mark.parametrize(
    ("verdict", "code", "strict"),
    [
        ("right", 0, 0),
        ("convention", 0, 0),
        ("fragile", 0, 1),
        ("mistaken", 1, 1),
        ("stopped", 1, 1),
        ("unknown", 1, 1),
        ("unrecognised", 2, 2),
        ("ours", 2, 2),
    ],
)
def test_exit_codes(verdict, code, strict):
    report = made(verdict)
    assert (exit_code(report), exit_code(report, strict=True)) == (code, strict)
    assert as_json(report)["exit_code"] == code


def test_every_verdict_can_be_shown_in_both_languages():
    for verdict in VERDICTS:
        for lang in ("en", "zh"):
            text = printed(made(verdict, stopped="gone" if verdict == "stopped" else ""), lang)
            assert "adam" in text
            assert "<section" in page.page(made(verdict), lang) or verdict == "unrecognised"


@pytest.mark.parametrize("why", ["no way", "no result", "not called"])
def test_what_is_said_to_be_one_and_is_not_gets_its_own_sentence(why):
    report = made("unrecognised", stopped=why)
    for lang in ("en", "zh"):
        assert "Adam" in printed(report, lang)
        assert "TASK" not in printed(report, lang)
        assert "<section" in page.page(report, lang)
    assert "no definition that looks" not in printed(report)
    assert as_json(report)["definitions"][0]["stopped"]["kind"] == why


def test_json_is_as_documented():
    report = made(findings=[Finding("", "note", 1, note="library", detail={"name": "torch.optim.Adam"}), FOUND])
    told = as_json(report)
    (definition,) = told["definitions"]
    first, second = definition["findings"]
    assert [first["kind"], second["kind"]] == ["mistake", "note"]
    assert first["numbers"] == {"input": "theta = [1.0]", "yours": "m = 0.6838", "formula": "m = 0.9000"}
    assert (first["mistake"], first["line"], first["cell"]) == (MISTAKE, 2, None)
    assert second["numbers"] is None
    assert "torch.optim.Adam" in second["message"]
    documented = set(re.findall(r"^\| (`.*?) \|", DOCS.read_text("utf-8"), re.MULTILINE))
    names = {name for row in documented for name in re.findall(r"`(\w+)`", row)}
    for keys in (told, definition, first):
        assert keys.keys() <= names
    assert definition["verdict"] in names


def test_a_comment_in_chinese_is_no_formula():
    assert next(mathml.rows(["    H(P) = H(P, P)    Pᵢ = 0 的项为 0"]))[1] == "Pᵢ = 0 的项为 0"


def test_a_page_is_whole_and_asks_nothing_of_the_network():
    html = page.page(made(findings=[FOUND]), "zh")
    assert html.startswith('<!doctype html>\n<html lang="zh-CN"')
    assert not re.search(r"src=|href=(?!\"#)|@import|url\(", html)
    assert html.count("<section") == html.count("</section>") == 1
    assert re.findall('href="#(.*?)"', html) == re.findall('<section .*?id="(.*?)"', html)


def test_problems_and_unrecognised_definitions_are_told():
    program = read(
        b'{"cells": [{"cell_type": "code", "source": "x ="}, {"cell_type": "code", "source": "def f(): 1"}]}', "-"
    )
    report = Report(program, (Judgement(program.definitions[0], "unrecognised"),))
    text = printed(report)
    assert "cell 1, line 1: left out" in text
    assert "--as f=kl_divergence" in " ".join(text.split())
    assert "roc_auc" in text
    assert 'names={"f": "kl_divergence"}' in printed(replace(report, live=True))
    assert "No definition looks like one of the seven" in text
    assert report.program.problems[0].place == Place(1, 1)


def test_every_word_is_there_in_both_languages():
    for table in (EDGES, NOTES, PHRASES, REASONS, RESULTS, STOPPED, TASKS):
        for en, zh in table.values():
            assert en
            assert zh
            of_a_signal = {"words", "name"}  # its description in English, its name in Chinese
            filled = [set(re.findall(r"{(\w+)}", text)) - of_a_signal for text in (en, zh)]
            assert filled[0] == filled[1]


def test_a_cell_is_named_as_jupyter_shows_it():
    cells = [
        {"cell_type": "code", "execution_count": 7, "source": "def f(): 1"},
        {"cell_type": "code", "execution_count": None, "source": "x ="},
        {"cell_type": "code", "execution_count": 9, "source": "\ny ="},
    ]
    program = read(json.dumps({"cells": cells}).encode(), "a.ipynb")
    report = Report(program, (Judgement(program.definitions[0], "right", "sgd"),))
    assert "In [7], line 1" in printed(report)
    assert "In [7] 第 1 行" in printed(report, "zh")
    assert [line.partition(":")[0] for line in problems(report)] == ["cell 2, line 1", "In [9], line 2"]


def noted(source, *findings, verdict="mistaken", task="adam"):
    program = read(source.encode(), "learner.py")
    return Report(program, (Judgement(program.definitions[0], verdict, task, {"result": "mean"}, findings),))


def test_the_caret_marks_the_operand():
    line = "    β = 0.9; m_hat = (β * m + g) / (1 - beta1)  # 1 - β"
    report = noted(f"def adam(p, g, m):\n{line}\n    return m_hat\n", Finding(BIAS, "mistake", 2, "", "1", "2", "x"))
    start, end = columns_of(report.judgements[0].definition, clinic.page(BIAS), 2)
    assert line[start:end] == "(β * m + g) / (1 - beta1)"
    lines = printed(report).split("\n")
    at = next(i for i, text in enumerate(lines) if "2 │" in text)
    assert lines[at][lines[at + 1].index("^") : lines[at + 1].rindex("^") + 1] == line[start:end]
    assert as_json(report)["definitions"][0]["findings"][0]["columns"] == [start, end]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("    x = 1  # y", "x = 1"),
        ("\ty = '#'", "y = '#'"),
        ("  f(a,  # first", "f(a,"),
        ("x", "x"),
        ("# all", ""),
        ("", ""),
        ("  x = '''a # b", "x = '''a # b"),
    ],
)
def test_a_line_is_marked_without_its_comment(line, code):
    start, end = code_of(line)
    assert line[start:end] == code


@pytest.mark.parametrize("width", [24, 40, 80, 200])
def test_long_lines_are_wrapped_and_the_caret_follows(width):
    long = "    " + " + ".join(f"terms[{i}] * 权重" for i in range(12)) + "; m = p"
    report = noted(f"def adam(p, g):\n{long}\n    return m\n", Finding("", "edge", 2, "ties", "1", "2", "x"))
    lines = [line for line in printed(report, width=width).split("\n") if "│" in line]
    assert all(terminal.cell_len(line) <= width for line in lines)
    code = "".join(line.partition("│ ")[2] for line in lines if "^" not in line)
    assert re.sub(r"\s", "", long) in re.sub(r"\s", "", code)
    assert sum(line.count("^") for line in lines) >= terminal.cell_len(long.replace(" ", ""))


def test_what_is_wrong_comes_first_and_conventions_take_one_line():
    convention, edge = "adam/one-t-for-all-parameters", "adam/eps-inside-the-root"
    found = [
        Finding(convention, "convention", 1),
        Finding("", "note", 1, note="new storage"),
        Finding(edge, "mistake", 2, "a zero gradient", "1", "2", "x"),
        Finding(MISTAKE, "mistake", 2, "", "3", "4", "x"),
    ]
    report = noted(SOURCE, *found)
    titles = [clinic.page(id).en for id in (MISTAKE, edge, convention)]
    short, full = printed(report, width=400), printed(report, width=400, full=True)
    first, second, note, last = (
        short.index(text) for text in (*[t.title for t in titles[:2]], "p.data", titles[2].title)
    )
    assert first < second < note < last
    assert short.count(titles[2].title) == 1
    assert f"{convention})" in short
    for text in ("result: mean", titles[2].summary):
        assert text not in short
        assert text in full
    assert ("-v explains" in short, "-v explains" in full) == (True, False)


def test_the_calling_convention_is_told_where_nothing_else_explains_a_difference():
    assert "result: mean" in printed(noted(SOURCE, Finding("", "mistake", None, "", "1", "2", "x"), verdict="unknown"))


@pytest.mark.parametrize("task", clinic.FORMULAS)
def test_formulas_are_typeset_from_their_docstrings(task):
    table = ElementTree.fromstring(mathml.formula(task))
    said = "".join(table.itertext())
    docstring = ast.get_docstring(ast.parse(clinic.source(task)))
    formulas = "".join(line for line in docstring.split("\n") if line.startswith("    "))
    symbols = "[θβμσΣ½←]"
    assert set(re.findall(symbols, said)) == set(re.findall(symbols, formulas))
    assert not re.search("[₀-₉ᵢᵗ²√⎨]", said)
    assert said.count("(") == said.count(")")
    assert (table.find(".//mfrac") is not None) == ("/" in formulas)


def test_code_on_the_page_is_escaped_and_coloured_around_the_mark():
    html = line_html("    return x < 1  # <b>", (11, 16))
    assert re.sub("</?span.*?>", "", html) == "    return <mark>x &lt; 1</mark>  # &lt;b&gt;"
    assert '<span class="k">return</span>' in html
    assert '<span class="c"># &lt;b&gt;</span>' in html


def test_the_last_hint_shows_the_corrected_lines_of_a_fix():
    old, new = f"    m = p  # {EVIL}", f"    m = p + {' + '.join(['long'] * 12)}"
    report = made(findings=[FOUND], fix=Fix((Replaced(2, 2, (old,), (new,)),), "right"))
    for hint in range(3):
        assert "+     m" not in printed(report, hint=hint)
        assert 'class="row new"' not in page.page(report, hint=hint)
    text = printed(report, hint=3, width=60)
    assert "Write instead:\n    -     m = p  # " in text
    assert "\x1b" not in text
    wrapped = text[text.index("    +     m") :].partition("\n  More")[0]
    assert "".join(wrapped.split()) == "+" + "".join(new.split())
    assert all(len(line) <= 60 for line in text.splitlines())
    html = page.page(report, hint=3)
    assert '<span class="row old"><i>-</i><span>    m = p  <span class="c"># ' in html
    assert '<span class="row new"><i>+</i><span>    m = p + long + long' in html
    assert "<script" not in html


def test_the_page_of_a_mistake_is_linked_where_it_can_be_opened(monkeypatch, tmp_path):
    report = made(findings=[Finding("adam/no-eps", "mistake")])
    assert site.address("adam/no-eps", "en") == ""
    monkeypatch.setenv("BYHAND_SITE", "https://example.org/byhand/")
    url = "https://example.org/byhand/zh/mistakes/adam/no-eps.html"
    assert f'href="{url}"' in page.page(report, "zh")
    (tmp_path / "mistakes").mkdir()
    (tmp_path / "mistakes" / "index.html").write_text("")
    monkeypatch.setenv("BYHAND_SITE", str(tmp_path))  # it may be sent to somebody who has no such folder
    assert 'href="file:' not in page.page(report, "zh")
    shown = io.StringIO()
    terminal.show(Console(file=shown, force_terminal=True, color_system="standard"), report)
    assert f"{tmp_path.as_uri()}/mistakes/adam/no-eps.html" in shown.getvalue()
