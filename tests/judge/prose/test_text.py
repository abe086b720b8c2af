"""Where formulas stand, what is said of them, and which headings are exercises without code."""

import json
from time import process_time

import pytest
from typer.testing import CliRunner

from byhand.cli import app
from byhand.judge.judge import judge
from byhand.judge.model import Allowance, Judgement, Place
from byhand.judge.prose.judging import read_text
from byhand.judge.reading.notebook import read
from byhand.judge.reading.rewritten import rewritten
from byhand.judge.reporting.difference import changes
from byhand.judge.reporting.json_form import as_json
from byhand.judge.reporting.report import exit_code, sections
from judge.prose.corpus import named, reading
from judge.prose.notebooks import KL, SGD, learners, notebook

FUNCTION = "def kl_divergence(p, q):\n    return (p * (p / q).log()).sum()\n"


def unwritten(*cells, tasks=("kl_divergence",)):
    """The headings and formulas without code of a notebook in which ``tasks`` are judged."""
    program = read(notebook(*cells), "n.ipynb")
    judged = [Judgement(program.definitions[0], "right", task) for task in tasks]
    found = read_text(program, judged).judgements
    return [(one.task, one.definition.kind) for one in found if one.verdict == "todo"]


def test_a_finding_has_the_line_and_the_columns_of_its_formula():
    text = "# Adam\n\nSo $m_t = m_{t-1} + (1-\\beta_1) g_t$, they say."
    program = read(notebook(("markdown", "# Intro"), ("code", "x = 1"), ("markdown", text)), "n.ipynb")
    (one,) = read_text(program, []).judgements
    (finding,) = one.findings
    assert program.place(finding.line) == Place(2, 3, markdown=True)
    start, end = finding.columns
    assert text.split("\n")[2][start:end] == "m_t = m_{t-1} + (1-\\beta_1) g_t"


def test_a_formula_over_several_lines_is_marked_in_its_first():
    program = read(b"# Adam\n\n$$\nm_t\n= m_{t-1}\n+ (1-\\beta_1) g_t\n$$\n", "n.md")
    (one,) = read_text(program, []).judgements
    assert one.definition.lines == ("m_t", "= m_{t-1}", "+ (1-\\beta_1) g_t")
    assert (program.place(one.findings[0].line).line, one.findings[0].columns) == (4, (0, 3))


@pytest.mark.parametrize(
    "text",
    [
        '"""m_t = m_{t-1} + (1-β₁) g_t"""',
        '"""The mean:\n\n    m_t = m_{t-1} + (1 - beta1) * g_t\n    """',
        'r"""The mean is\n\n    .. math:: $m_t = m_{t-1} + (1-\\beta_1) g_t$\n    """',
        "# the mean: $m_t = m_{t-1} + (1-\\beta_1) g_t$",
    ],
)
def test_docstrings_and_comments_are_read(text):
    program = read(f"class MyAdam:\n    {text}\n\n    def step(self): ...\n".encode(), "n.py")
    (one,) = read_text(program, []).judgements
    assert [finding.mistake for finding in one.findings] == ["adam/old-moment-not-decayed"]
    assert program.place(one.findings[0].line).line == 2 + (text.count("\n") > 0) * 2


def test_code_that_has_been_commented_out_is_no_formula():
    program = read(b"def sgd(theta, g, lr):\n    # theta = theta + lr * g\n    return theta - lr * g\n", "n.py")
    assert read_text(program, []).judgements == ()


def test_markdown_cells_of_a_python_file_are_read():
    program = read(b"# %% [markdown]\n# # SGD\n# $w = w - g$\n# %%\nx = 1\n", "n.py")
    (one,) = read_text(program, []).judgements
    assert (program.place(one.findings[0].line).line, one.findings[0].columns) == (3, (3, 12))


def test_the_reader_of_code_is_not_disturbed():
    with_text = read(notebook(("markdown", "# KL\n\n$x = 1$"), ("code", FUNCTION)), "n.ipynb")
    without = read(notebook(("code", FUNCTION)), "n.ipynb")
    assert with_text.text == without.text
    assert with_text.places[: len(without.places)] == without.places


def test_what_a_formula_is_about():
    wrong = "$\\theta = \\theta - g$"
    assert named(f"# SGD\n\n{wrong}") == ["sgd/lr-ignored"]
    assert named(f"# Optimizers\n\n{wrong}") == []
    assert named(f"# Optimizers\n\nSGD: {wrong}") == ["sgd/lr-ignored"]
    assert named(f"# SGD\n\nNewton's method: {wrong}") == []
    assert named("# Adam算法\n\n### 更新\n\n$m_t = m_{t-1} + (1-\\beta_1) g_t$") == ["adam/old-moment-not-decayed"]
    assert named("# AdaGrad\n\n$v_t = v_{t-1} + g_t^2$") == []


def test_a_simplified_adam_is_right_where_the_correction_comes_later():
    step = "$\\theta_t = \\theta_{t-1} - \\eta\\, m_t/(\\sqrt{v_t}+\\epsilon)$"
    assert named(f"# Adam\n\n{step}") == ["adam/no-bias-correction"]
    assert named(f"# Adam\n\n{step}\n\n## Bias correction\n\n$\\hat m_t = m_t/(1-\\beta_1^t)$") == []
    assert named(f"# Adam\n\n$\\hat m_t = m_t/(1-\\beta_1^t)$\n\n{step}") == ["adam/no-bias-correction"]


def test_no_text_makes_the_reader_fail():
    pieces = (
        "$",
        "$$",
        "\\frac",
        "{",
        "}",
        "(",
        "|",
        "||",
        "^",
        "_",
        "=",
        "\\hat",
        "\\sum",
        "log",
        "θ",
        "/",
        "\n",
        "₁",
        "\\",
    )
    for first in pieces:
        for second in pieces:
            for third in pieces:
                reading(f"# Adam\n\n$m_t = {first}{second}{third} g_t$ and θ = {third}{first}{second}")
    reading("# SGD\n\n$" + "(" * 5000 + "$\n\nθ = " + "√" * 250)


def test_a_heading_without_code_is_named():
    code = ("code", FUNCTION)
    assert unwritten(code, ("markdown", "## 6. 手撕 AdamW")) == [("adamw", "heading")]
    assert unwritten(code, ("markdown", "### Implement AdamW from scratch")) == [("adamw", "heading")]
    assert unwritten(code, ("markdown", "## AdamW"), ("code", "# TODO\n")) == [("adamw", "heading")]
    assert unwritten(code, ("markdown", "## AUC\n\nWrite it here.\n\n## SGD"), ("code", SGD)) == [
        ("roc_auc", "heading")
    ]


@pytest.mark.parametrize(
    "cells",
    [
        [("markdown", "## AdamW"), ("code", "opt = torch.optim.AdamW(model.parameters())")],
        [("markdown", "## AdamW\n\n### The class"), ("code", "class Optimizer: ...")],
        [("markdown", "## AdamW\n\n```\nclass AdamW\n```")],
        [("markdown", "## Adam and AdamW")],
        [("markdown", "## Results with AdamW")],
        [("markdown", "## RMSProp")],
        [("markdown", "## KL divergence")],
        [("markdown", "AdamW is next.")],
        [("code", "class MyAdamW:\n    pass"), ("markdown", "## AdamW")],
    ],
)
def test_other_headings_are_not(cells):
    assert unwritten(("code", FUNCTION), *cells) == []


def test_the_code_of_a_relative_is_enough_for_its_heading():
    assert unwritten(("code", FUNCTION), ("markdown", "## SGD"), tasks=["momentum"]) == []
    assert unwritten(("code", FUNCTION), ("markdown", "## Adam"), tasks=["adamw"]) == []
    assert unwritten(("code", FUNCTION), ("markdown", "## AdamW"), tasks=["adam"]) == [("adamw", "heading")]


def test_a_formula_without_code_is_named():
    formula = ("markdown", "$$AUC = \\frac{\\sum rank_i - M(M+1)/2}{MN}$$")
    assert unwritten(("code", FUNCTION), formula) == [("roc_auc", "formula")]
    assert unwritten(("code", FUNCTION), formula, tasks=["kl_divergence", "roc_auc"]) == []


def test_an_explanation_is_no_exercise():
    long = "This method is explained at length, and nobody asks for code. " * 20
    text = ("markdown", f"## SGD\n\n{long}\n\n## Momentum\n\n{long}\n\n## AdamW\n\n{long}")
    assert unwritten(("code", FUNCTION), text) == []
    assert unwritten(("code", FUNCTION), ("markdown", "## AdamW"), tasks=[]) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_learners_notebook(lang):
    program = read(learners(lang), "n.ipynb")
    report = judge(program, allowed=Allowance(definition=90.0, file=400.0))  # on a busy machine too
    found = {(one.task, one.definition.kind): one for one in report.judgements}
    places = {key: report.program.place(one.definition.node.lineno) for key, one in found.items()}
    mistakes = {key: [finding.mistake for finding in one.findings] for key, one in found.items()}
    assert mistakes["sgd", "formula"] == ["sgd/lr-ignored"]
    assert mistakes["adam", "formula"] == ["adam/old-value-of-the-next-step", "adam/old-moment-not-decayed"]
    assert places["sgd", "formula"] == Place(4, 3, markdown=True)
    assert places["adam", "formula"] == Place(6, 5, markdown=True)
    for task, cell in (("adamw", 7), ("roc_auc", 8)):
        assert found[task, "heading"].verdict == "todo"
        assert places[task, "heading"] == Place(cell, 1, markdown=True)
    code = {one.task: one.verdict for one in report.judgements if one.definition.kind == "definition"}
    assert code == {
        "kl_divergence": "mistaken",
        "cross_entropy": "fragile",
        "sgd": "right",
        "momentum": "right",
        "adam": "mistaken",
    }
    assert len(report.judgements) == len(code) + 4
    lines = {one.mistake: report.program.place(one.line) for one in found["adam", "definition"].findings if one.mistake}
    assert {page: place and place.line for page, place in lines.items()} == {
        "adam/attribute-named-two-ways": 14,
        "adam/old-moment-not-decayed": 14,
        "adam/state-appended-and-read-at-minus-one": 14,
        "adam/sign-flipped": 18,
        "adam/zero-grad-does-nothing": 20,
        "adam/params-generator-exhausted": 3,
        "adam/crash-on-missing-gradient": 14,
    }
    ours = [one for one in found["kl_divergence", "definition"].findings if one.mistake]
    assert [(one.mistake, report.program.place(one.line).line) for one in ours] == [
        ("kl_divergence/no-keepdim", 3),
        ("kl_divergence/eps-inside-the-log", 5),
    ]
    assert [(one.message, one.place.line) for one in program.problems] == [("empty block", 21)]
    assert report.formulas == 3
    assert exit_code(report) == 1


def test_a_report_shows_the_formula_and_its_place():
    report = judge(read(learners("zh"), "n.ipynb"))
    section = next(one for one in sections(report, "zh") if one.formula == "adam" and one.name == "文中的公式")
    assert section.verdict == "mistaken"
    assert section.about == ("Adam", "第 6 个文本单元格第 5 行")
    assert section.notes[0].title == "旧值的下标写成了下一步"
    assert [line.text for line in section.notes[0].code] == ["m_i = m_{i+1} + (1 - β₁)·g_i"]
    told = as_json(report)
    assert told["right_formulas"] == 3
    kinds = [(one["kind"], one["cell_type"], one["cell"], one["line"]) for one in told["definitions"]]
    assert ("formula", "markdown", 6, 5) in kinds
    assert ("heading", "markdown", 7, 1) in kinds
    assert kinds[0] == ("definition", "code", 2, 2)


def test_the_command_counts_a_wrong_formula(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text(f"# SGD\n\nθ ← θ + η·g\n\n```python\n{SGD}```\n")
    done = CliRunner().invoke(app, ["check", str(file), "--lang", "en"])
    assert done.exit_code == 1
    assert "formula in the text  mistaken  SGD, line 3" in done.output
    file.write_text(f"# SGD\n\nθ ← θ − η·g\n\n```python\n{SGD}```\n")
    done = CliRunner().invoke(app, ["check", str(file), "--lang", "en", "-v"])
    assert done.exit_code == 0
    assert "1 formula in the text is right." in done.output
    assert json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).output)["right_formulas"] == 1


def test_a_learners_notebook_is_mended_with_its_unfinished_method():
    data = learners("en")
    allowed = Allowance(definition=90.0, file=400.0)
    report = judge(read(data, "n.ipynb"), mend=True, allowed=allowed)
    new = rewritten(data, "n.ipynb", changes(report))
    assert "        for p in self.params:\n            p.grad = None" in read(new, "n.ipynb").text
    after = judge(read(new, "n.ipynb"), allowed=allowed)
    assert not after.program.problems
    verdicts = {one.task: one.verdict for one in after.judgements if one.definition.kind == "definition"}
    assert verdicts == {
        **dict.fromkeys(("kl_divergence", "cross_entropy", "sgd", "momentum"), "right"),
        "adam": "convention",  # one t for all parameters, as in the original
    }


def test_fixes_leave_the_text_alone(tmp_path):
    file = tmp_path / "n.ipynb"
    file.write_bytes(notebook(("markdown", "# SGD\n\nθ ← θ + η·g"), ("code", KL)))
    done = CliRunner().invoke(app, ["check", str(file), "--lang", "en", "--fix"])
    assert "+++" in done.output
    assert "θ" not in done.output.partition("---")[2]


@pytest.mark.parametrize("mark", ["\\(", "\\[", "$", "$$a$b", "\\begin{align}", "a = b ", "(", "`", "KL(P||Q) = q\n"])
def test_the_work_grows_with_the_text(mark):
    start = process_time()
    reading("# SGD\n\n" + mark * (300_000 // len(mark)))
    assert process_time() - start < 20, "a guard against hanging, not a measurement"
