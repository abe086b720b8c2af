"""``byhand eval``: what it prints and writes, its errors and exit codes, in both languages."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.cli._evaluation import split_columns

pa = pytest.importorskip("pyarrow", reason="PyArrow is not installed: pip install 'byhand[eval]'")
pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install 'byhand[eval]'")

from pyarrow import parquet  # noqa: E402


def run(*arguments, **environment):
    environment = {"COLUMNS": "200", "LANG": "C", "LC_ALL": None} | environment
    result = CliRunner(env=environment).invoke(app, ("eval", *map(str, arguments)), prog_name="byhand")
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A log of 1000 rows, in the current folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    y = rng.random(1000) < 0.5
    table = {"y": y, "s": np.round(rng.random(1000) * 0.7 + y * 0.3, 2), "t": rng.random(1000)}
    table |= {"user": rng.integers(0, 50, 1000), "country": np.array(["CN", "DE"])[rng.integers(0, 2, 1000)]}
    parquet.write_table(pa.table(table), "log.parquet")
    return "log.parquet"


ALL = ("--score", "s", "--score", "t", "--group", "user", "--by", "country", "--against", "log.parquet")


def test_it_prints_all_tables_in_the_language(log):
    code, out, err = run(log, "--label", "y", *ALL)
    assert (code, err) == (0, "")
    assert out.startswith("1,000 rows of 1 file, ")
    for words in ("AUC", "exact", "DeLong", "log-loss", "GAUC, weighted by rows", "AUC by country", "t minus s", "PSI"):
        assert words in out
    code, out, err = run(log, "--label", "y", *ALL, "--lang", "zh")
    assert (code, err) == (0, "")
    assert out.startswith("1 个文件，共 1,000 行")
    for words in ("精确值", "GAUC（按行数加权）", "按 country 分别计算的 AUC", "t 减 s", "与参照日志"):
        assert words in out


def test_it_prints_json(log):
    code, out, err = run(log, "--label", "y", *ALL, "--json")
    assert (code, err) == (0, "")
    form = json.loads(out)
    assert form["version"] == 1
    assert form["current"]["rows"] == 1000
    first, second = form["current"]["models"]
    assert (first["name"], second["name"]) == ("s", "t")
    assert first["area"]["auc"]["lower"] == first["area"]["auc"]["value"] == first["area"]["auc"]["upper"]
    assert first["roc"] is None
    assert [one["value"] for one in form["current"]["slices"]["country"]] == ["CN", "DE"]
    assert form["shifts"][0]["drift"]["psi"] == 0


def test_it_writes_a_page_that_needs_no_other_file(log, tmp_path):
    for lang, words in (("en", "ROC curve"), ("zh", "ROC 曲线")):
        code, _, err = run(log, "--label", "y", *ALL, "--out", "report.html", "--lang", lang)
        assert (code, err) == (0, "")
        page = (tmp_path / "report.html").read_text("utf-8")
        assert page.startswith("<!doctype html>")
        assert words in page
        assert page.count("<svg") == 3
        assert not re.search(r'(?:src|href)="|url\(|@import|https?://', page)
    assert sorted(os.listdir()) == ["log.parquet", "report.html"]


def test_names_in_the_page_are_text(log, tmp_path):
    code, _, err = run(log, "--label", "y", "--score", "s + CASE '<b>&' WHEN 'x' THEN 1 ELSE 0 END", "--out", "r.html")
    assert (code, err) == (0, "")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "&lt;b&gt;&amp;" in page
    assert "<b>&" not in page


@pytest.mark.parametrize(
    ("arguments", "code", "english", "chinese"),
    [
        (("--score", "s"), 2, "`--label` of `eval` is missing: What is predicted", "`eval` 缺少选项 `--label`：标签"),
        (("--label", "y"), 2, "`--score` of `eval` is missing: The model's", "`eval` 缺少选项 `--score`：模型"),
        (("--label", "z", "--score", "s"), 2, "there is no z, there are y, s, t, user, country.", "没有 z 这一列"),
        (("--label", "y", "--score", "country"), 2, "must be a number; country is VARCHAR.", "的类型是 VARCHAR。"),
        (("--label", "user", "--score", "s"), 1, "row 1 of log.parquet has a label that is n", "第 1 行的标签既不"),
        (("--label", "y", "--score", "s", "--ci", "1"), 2, "must be above 0 and below 1, got 1.", "大于 0 且小于 1"),
        (("--label", "y", "--score", "s", "--ci", "x"), 2, "must be a decimal fraction.", "取值应为：小数。"),
        (("--label", "y", "--score", "s", "--tolerance", "-1"), 2, "at least 0 and below 1, got -1.", "大于等于 0"),
        (("--label", "y", *(("--score", "s") * 17)), 2, "must be given at most 16 times, got 17.", "最多用 16 次"),
        (("--label", "y", "--score", "s", "--engine", "dask"), 2, "must be one of local, ray", "只能是 local、ray"),
        (
            ("--label", "y", "--score", "s", "--weight", "0.1", "--group", "user"),
            1,
            "must be multiples of 2⁻²⁰ with `--group`, got ",
            "与 `--group` 同用时必须是 2⁻²⁰ 的倍数",
        ),
        (("--label", "y", "--score", "s", "--against", "no*"), 2, "nothing matches no*.", "没有文件与 no* 匹配"),
        (("--label", "y", "--score", "s", "--where", "s > 9"), 1, "got s > 9: it is true of no row in", "没有满足的行"),
        (("--label", "y", "--score", "count(*)"), 2, "must be a column or an SQL expression, got count(*)", "必须"),
        (("--label", "y", "--score", "s", "--out", "log.parquet"), 2, "must not be a file that it", "不能是它要读取的"),
        (
            ("--label", "y", "--score", "s", "--weight", "4e12"),
            1,
            "at most 2⁴² (about 4.4 · 10¹²) in total",
            "总和最多",
        ),
        (("--label", "y", "--score", "s", "--out", "no/a"), 2, "to, got no/a: No such file", "no/a：没有这个文件"),
        (("--label", "y", "--score", "s", "--by", "s * random()"), 2, "must be the same each time", "每次计算的结果"),
    ],
)
def test_errors_are_one_sentence_and_nothing_is_written(log, arguments, code, english, chinese):
    if "--out" not in arguments:
        arguments += ("--out", "report.html")
    for lang, words in (("en", english), ("zh", chinese)):
        found, out, err = run(log, *arguments, "--lang", lang)
        assert (found, out) == (code, ""), err
        assert words in err
        assert err.startswith("byhand: ")
        assert err.count("\n") == 1
    assert os.listdir() == ["log.parquet"]


def test_too_many_slices(log, tmp_path):
    parquet.write_table(pa.table({"y": [0, 1] * 501, "s": np.arange(1002.0)}), "many.parquet")
    code, _, err = run("many.parquet", "--label", "y", "--score", "s", "--by", "s")
    assert code == 2
    assert "must be columns of at most 1000 values, s has more; `--group` takes any number." in err


def test_bad_rows_are_counted(log):
    code, out, err = run(log, "--label", "user", "--score", "s", "--skip-bad")
    assert (code, err) == (0, "")
    skipped = re.search(r"Skipped rows: label neither 0 nor 1: (\d+)\.", out)
    rows = re.match(r"(\d+) rows", out)
    assert int(skipped[1]) + int(rows[1]) == 1000


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rows_without_weight_have_no_share(log, lang):
    weightless = (log, "--label", "y", "--score", "s", "--weight", "CASE country WHEN 'CN' THEN 0 ELSE 1 END")
    code, out, err = run(*weightless, "--by", "country", "--lang", lang)
    assert (code, err) == (0, "")
    assert re.search(r"^CN +\d+ +– +–$", out, re.MULTILINE)
    asked = (*weightless, "--where", "country = 'CN'", "--against", log)
    code, out, err = run(*asked, "--out", "report.html", "--lang", lang)
    assert (code, err) == (0, "")
    assert {"en": ", – of them positive", "zh": "正样本占 –"}[lang] in out
    assert json.loads(run(*asked, "--json")[1])["current"]["share"] is None


@pytest.mark.parametrize("positives", [0, 1])
def test_where_a_class_has_less_than_two_rows_there_is_no_interval(log, positives):
    parquet.write_table(
        pa.table({"y": [0] * 9 + [positives], "s": np.arange(10.0), "t": np.arange(10.0)}), "one.parquet"
    )
    asked = ("one.parquet", "--label", "y", "--score", "s", "--score", "-t", "--by", "0")
    code, out, err = run(*asked)
    assert (code, err) == (0, "")
    if positives:
        assert re.search(r"^95 % interval \(DeLong\) +– +–$", out, re.MULTILINE)
        assert re.search(r"^0 +10 +10\.00% +1\.000000 +0\.000000$", out, re.MULTILINE)
        assert re.search(r"^-t minus s +-1\.000000 +– +–$", out, re.MULTILINE)
    area = json.loads(run(*asked, "--json")[1])["current"]["models"][0]["area"]
    assert [area["delong"][name] for name in ("standard_error", "lower", "upper")] == [None] * 3
    assert area["auc"]["value"] == (1 if positives else None)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ctrl_c_writes_nothing(log, monkeypatch, lang):
    from byhand.evaluate.reading.log import Log

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Log, "_rows", stopped)
    code, out, err = run(log, "--label", "y", "--score", "s", "--out", "report.html", "--lang", lang)
    assert (code, out) == (130, "")
    assert err == {"en": "byhand: stopped; nothing is written.\n", "zh": "byhand: 已中断，没有写入任何内容。\n"}[lang]
    assert os.listdir() == ["log.parquet"]


def test_without_duckdb_one_sentence_says_what_to_install(log):
    program = "import sys; sys.modules['duckdb'] = None; sys.argv[0] = 'byhand'; import byhand.cli as c; c.main()"
    command = [sys.executable, "-c", program, "eval", log, "--label", "y", "--score", "s", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "byhand: `eval` needs DuckDB and PyArrow (duckdb is missing): pip install 'byhand[eval]'\n"


def test_commas_in_expressions_do_not_separate():
    assert split_columns(["a,b", " c "]) == ["a", "b", "c"]
    assert split_columns(["concat(a, ','), \"x,y\"", "[1, 2][a]"]) == ["concat(a, ',')", '"x,y"', "[1, 2][a]"]


def test_progress_is_shown_on_a_terminal_only(log, monkeypatch):
    from byhand.cli import _evaluation
    from byhand.cli._terminal import console

    def terminal(*, stderr=False):
        out = console(stderr=stderr)
        out._force_terminal, out._environ, out.is_interactive = True, {"TERM": "xterm"}, True
        return out

    monkeypatch.setattr(_evaluation, "console", terminal)
    code, out, err = run(log, "--label", "y", "--score", "s", "--group", "user")
    assert code == 0
    assert "1,000 of 1,000 rows" in err
    assert "1,000 of" not in out


@pytest.fixture
def animals(tmp_path, monkeypatch):
    """A log of three classes, in the current folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    code, p = rng.integers(0, 3, 600), rng.dirichlet(np.ones(3), 600)
    columns = {"animal": np.array(["bird", "cat", "dog"])[code], "user": rng.integers(0, 20, 600)}
    columns |= {"p_dog": p[:, 2], "p_bird": p[:, 0], "p_cat": p[:, 1]}
    parquet.write_table(pa.table(columns), "animals.parquet")
    return "animals.parquet", "--label", "animal", "--score", "p_*"


def test_it_prints_many_classes_in_the_language(animals):
    more = ("--multi-class", "ovo", "--group", "user", "--by", "user % 2", "--against", animals[0], "--out", "r.html")
    code, out, err = run(*animals, *more)
    assert (code, err) == (0, "")
    assert out.startswith("600 rows of 1 file, 3 classes\n")
    for words in ("one-vs-rest", "one-vs-one", "macro average", "bird, dog", "AUC one-vs-rest by user % 2", "PSI"):
        assert words in out
    assert re.search(r"^cat +p_cat +\d\d\.\d\d% +0\.\d{8} ", out, re.MULTILINE)
    page = pathlib.Path("r.html").read_text("utf-8")
    assert page.count("<svg") == 3
    assert "one-vs-rest" in page
    code, out, err = run(*animals, *more, "--lang", "zh")
    assert (code, err) == (0, "")
    assert out.startswith("1 个文件，共 600 行，3 个类别\n")
    for words in ("一对多（OvR）", "一对一（OvO）", "宏平均", "bird、dog", "每个类别对其余类别", "与参照日志"):
        assert words in out


def test_many_classes_in_json(animals):
    form = json.loads(run(*animals, "--multi-class", "ovo", "--json")[1])["current"]
    assert form["share"] is None
    assert [model["name"] for model in form["models"]] == ["p_bird", "p_cat", "p_dog"]
    assert form["classes"]["names"] == ["bird", "cat", "dog"]
    assert form["classes"]["one_vs_one"]["macro"]["lower"] == form["classes"]["one_vs_one"]["macro"]["value"]
    assert [pair["classes"] for pair in form["classes"]["pairs"]] == [["bird", "cat"], ["bird", "dog"], ["cat", "dog"]]
    assert json.loads(run(*animals, "--multi-class", "ovr", "--json")[1])["current"]["classes"]["pairs"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "english", "chinese"),
    [
        (("--multi-class", "one"), 2, "must be one of ovr, ovo", "只能是 ovr、ovo"),
        (("--multi-class", "ovr", "--positive", "cat"), 2, "`--positive` of `eval` must be left out with", "不能再给"),
        (
            ("--multi-class", "ovr", "--score", "p_cat"),
            2,
            "has 3 (bird, cat, dog), got 4 (p_dog, p",
            "必须每个类别一列",
        ),
        (("--multi-class", "ovr", "--where", "user < 0"), 1, "user < 0: it is true of no row in", "没有满足的行"),
        ((), 2, "with --positive VALUE or --multi-class); animal is VARCHAR.", "多个类别用 --multi-class"),
    ],
)
def test_what_does_not_fit_many_classes_is_one_sentence(animals, arguments, code, english, chinese):
    for lang, words in (("en", english), ("zh", chinese)):
        found, out, err = run(*animals, *arguments, "--lang", lang)
        assert (found, out) == (code, ""), err
        assert words in err
        assert err.count("\n") == 1


def test_a_positive_label_that_no_row_has_is_refused(animals):
    asked = (animals[0], "--label", "animal", "--score", "p_cat", "--positive", "fish")
    code, out, err = run(*asked)
    assert (code, out) == (1, "")
    assert err == (
        "byhand: `--positive` of `eval` must be a value that some row has, got fish: animal is bird, cat, dog in "
        "animals.parquet.\n"
    )
    assert run(*asked, "--lang", "zh")[2].endswith("animals.parquet 里 animal 的取值是 bird, cat, dog。\n")
