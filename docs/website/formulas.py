"""A page for each of the seven formulas, and one for those of evaluation."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from importlib.resources import files

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Page
from byhand.judge.reporting.texts import TASKS
from byhand.judge.reporting.words import LANGUAGES
from byhand.practice.stories import STORIES
from byhand.practice.web.statements import story
from website.markdown import fenced, front_matter
from website.reference import linked
from website.texts import CHINESE, say

EVALUATION = {  # formulas that are neither judged nor have a kernel of their name
    "average_precision": ("Average precision", "平均精度（average precision）"),
    "group_roc_auc": ("GAUC", "GAUC"),
    "delong": ("DeLong's standard error", "DeLong 标准误"),
    "calibration_error": ("Expected calibration error", "期望校准误差（ECE）"),
}
PUBLIC = {
    "kl_divergence": "from byhand.losses import kl_divergence",
    "cross_entropy": "from byhand.losses import cross_entropy",
    "sgd": "from byhand.optim import SGD",
    "momentum": "from byhand.optim import SGD  # SGD(..., momentum=0.9)",
    "adam": "from byhand.optim import Adam",
    "adamw": "from byhand.optim import AdamW",
    "roc_auc": "from byhand.metrics import roc_auc_score",
}


def title(name: str, lang: str) -> str:
    """What a formula is called: "KL divergence"."""
    found = (TASKS.get(name) or EVALUATION[name])[LANGUAGES.index(lang)]
    return found[0].upper() + found[1:]


def page(name: str, lang: str) -> str:
    """The page of one of the seven."""
    docstring, program = clinic.halves(name)
    text = STORIES[name] if lang == "zh" else docstring
    where = f"formulas/{name}.md"
    parts = [
        front_matter(title(name, lang), hide=["toc"]),
        f"# {title(name, lang)}",
        _beside(_story(text), f"**{say('program', lang)}** `byhand/formulas/{name}.py`\n\n{fenced(program.strip())}"),
        f"## {say('bytes', lang)}",
        CHINESE["bytes"][name] if lang == "zh" else linked(bytes_moved(name), where),
        f"## {say('use', lang)}",
        fenced(PUBLIC[name]),
        f"## {say('write', lang)}",
        fenced(f"byhand practice {name}\nbyhand explain --list {name}", "console"),
        *tables(clinic.pages(name), lang, "../mistakes/"),
    ]
    return "\n\n".join(parts) + "\n"


def index(lang: str) -> str:
    """All seven on a page: the formulas typeset, and where they lead."""
    parts = [front_matter(say("seven", lang)), f"# {say('seven', lang)}", say("seven intro", lang)]
    for name in clinic.FORMULAS:
        docstring, _ = clinic.halves(name)
        blocks = (STORIES[name] if lang == "zh" else docstring).strip().split("\n\n")
        shown = [blocks[0], *[block for block in blocks[1:] if block.startswith("    ")][:1]]
        parts += [f"## [{title(name, lang)}]({name}.md)", _story("\n\n".join(shown))]
    parts += [f"## [{say('evaluation', lang)}](evaluation.md)", say("evaluation intro", lang)]
    return "\n\n".join(parts) + "\n"


def evaluation(lang: str) -> str:
    """The formulas of evaluation on a page. Their explanations are in English."""
    parts = [front_matter(say("evaluation", lang)), f"# {say('evaluation', lang)}", say("evaluation intro", lang)]
    for name in EVALUATION:
        docstring, program = clinic.halves(name)
        parts += [f"## {title(name, lang)}", _story(docstring), fenced(program.strip())]
    return "\n\n".join(parts) + "\n"


def bytes_moved(name: str) -> str:
    """What the kernel's docstring says of the bytes that it moves."""
    source = files("byhand").joinpath("kernels", "numba", f"{name}.py").read_text("utf-8")
    text = ast.get_docstring(ast.parse(source)) or ""
    return "\n\n".join(part for part in text.split("\n\n") if "bytes" in part.lower() and "    " not in part)


def tables(pages: Iterable[Page], lang: str, folder: str) -> list[str]:
    """Mistakes, then conventions if there are any, each under a heading."""
    every = list(pages)
    mistakes, conventions = ([one for one in every if one.kind == kind] for kind in ("mistake", "convention"))
    parts = [f"## {say('known mistakes', lang)}", table(mistakes, lang, folder)]
    if conventions:
        parts += [f"## {say('conventions', lang)}", say("convention intro", lang), table(conventions, lang, folder)]
    return parts


def table(pages: list[Page], lang: str, folder: str) -> str:
    """Mistakes with their titles; ``folder`` leads to those of all formulas."""
    rows = [f"| {say('name', lang)} | {say('what it is', lang)} |", "|---|---|"]
    for one in pages:
        text = one.text(lang).title.replace("|", "\\|")
        rows.append(f"| [`{one.name}`]({folder}{one.id}.md) | {text} |")
    return "\n".join(rows)


def _story(text: str) -> str:
    """An explanation with its formulas typeset, as HTML on one line, which Markdown leaves alone."""
    return f'<div class="story">{story(text)}</div>'.replace("\n", " ")


def _beside(left: str, right: str) -> str:
    """Two columns where there is room."""
    return f'<div class="beside" markdown>\n\n{left}\n\n<div markdown>\n\n{right}\n\n</div>\n\n</div>'
