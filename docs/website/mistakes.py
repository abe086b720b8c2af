"""A page for each mistake, one list for each formula, and one of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.clinic import Page
from byhand.judge.prose.updates import NEXT
from byhand.judge.reporting import words
from byhand.judge.reporting.texts import VERDICTS
from byhand.judge.reporting.words import colon
from website.formulas import table, tables, title
from website.learners import Learner
from website.markdown import fenced, front_matter, reflowed
from website.programs import DESCEND, Program, both
from website.texts import say

ASIDE = "{ data-search-exclude }"
"""Behind a heading that each page has, so that a search finds the page itself."""


def page(one: Page, lang: str, learners: Mapping[str, Learner]) -> str:
    """The page of a mistake: its text, then both programs and what they give."""
    text = one.text(lang)
    kind = f'<span class="kind {one.kind}">{say(one.kind, lang)}</span>'
    formula = f"[{title(one.formula, lang)}](../../formulas/{one.formula}.md)"
    parts = [
        front_matter(text.title, hide=["toc"], description=text.summary.replace("`", "")),
        f"# {text.title}",
        f"{kind} {formula} · `{one.id}`\n{{ .about }}",
        reflowed(text.flowing),
        *_seen_elsewhere(one, lang),
        *(
            [say("in text", lang)]
            if one.id == NEXT
            else [f"## {say('both', lang)} {ASIDE}", *_programs(one, lang, learners)]
        ),
        f"## {say('terminal', lang)} {ASIDE}",
        say("try it", lang, id=one.id),
    ]
    return "\n\n".join(parts) + "\n"


def of_formula(formula: str, lang: str) -> str:
    """The list of a formula's own mistakes and conventions."""
    own = (one for one in clinic.all_pages() if one.formula == formula)
    parts = [front_matter(title(formula, lang)), f"# {title(formula, lang)}"]
    parts += [f"[{say('formulas', lang)}{colon(lang)}{title(formula, lang)}](../../formulas/{formula}.md)"]
    return "\n\n".join([*parts, *tables(own, lang, "../")]) + "\n"


def index(lang: str) -> str:
    """All of them, by formula."""
    every = clinic.all_pages()
    parts = [front_matter(say("mistakes title", lang)), f"# {say('mistakes title', lang)}"]
    parts += [say("mistakes intro", lang, n=len(every))]
    for formula in clinic.FORMULAS:
        own = [one for one in every if one.formula == formula]
        parts += [f"## [{title(formula, lang)}]({formula}/index.md)", table(own, lang, "")]
    return "\n\n".join(parts) + "\n"


def _seen_elsewhere(one: Page, lang: str) -> list[str]:
    """Other formulas with this mistake, and mistakes with the same numbers."""
    comma = "、" if lang == "zh" else ", "
    lines = []
    if one.also:
        others = comma.join(f"[{title(name, lang)}](../../formulas/{name}.md)" for name in one.also)
        lines.append(f"{say('also', lang)}{colon(lang)}{others}")
    if one.same:
        same = (clinic.page(f"{one.formula}/{name}") for name in one.same)
        linked = comma.join(f"[{other.text(lang).title}]({other.name}.md)" for other in same)
        lines.append(f"{say('same as', lang)}{colon(lang)}{linked}")
    return lines


def _programs(one: Page, lang: str, learners: Mapping[str, Learner]) -> list[str]:
    return _of_formula(one, lang) if one.line else _of_learner(one, learners[one.id], lang)


def _of_formula(one: Page, lang: str) -> list[str]:
    """The formula's program, and the same with the change."""
    right, wrong = both(one)
    call = fenced(one.example)
    note = [say("descend", lang)] if DESCEND in one.example else []
    return [_columns(one, right, wrong, lang), say("example", lang), call, *note, _results(one, right, wrong, lang)]


def _of_learner(one: Page, found: Learner, lang: str) -> list[str]:
    """A learner's program, and the same mended."""
    right = Program(found.right, found.marks[0], found.formula[lang])
    wrong = Program(found.wrong, found.marks[1], found.yours[lang])
    why = "learner convention" if one.kind == "convention" else "learner" if found.is_mended else "learner solution"
    parts = [say(why, lang), _columns(one, right, wrong, lang)]
    if wrong.result:
        return [*parts, found.input[lang], _results(one, right, wrong, lang)]
    verdict = words.say(VERDICTS, found.verdict, lang)
    right = replace(right, result=words.say(VERDICTS, "right", lang))
    wrong = replace(wrong, result=f"{verdict}{colon(lang)}{one.text(lang).title}")
    return [*parts, say("judged", lang), _results(one, right, wrong, lang)]


def _labels(one: Page, lang: str) -> tuple[str, str]:
    """What the two programs are called."""
    keys = ("right", "wrong") if one.kind == "mistake" else ("by formula", "other")
    return say(keys[0], lang), say(keys[1], lang)


def _columns(one: Page, right: Program, wrong: Program, lang: str) -> str:
    """The two programs side by side where there is room."""
    label, other = _labels(one, lang)
    sides = ((label, "good", right), (other, "bad", wrong))
    columns = "\n\n".join(
        f'<div class="{kind}" markdown>\n\n**{name}**\n\n{fenced(program.code, marked=program.marked)}\n\n</div>'
        for name, kind, program in sides
    )
    return f'<div class="beside programs {one.kind}" markdown>\n\n{columns}\n\n</div>'


def _results(one: Page, right: Program, wrong: Program, lang: str) -> str:
    """What both give, one below the other."""
    label, other = _labels(one, lang)
    rows = ((label, "good", right), (other, "bad" if one.kind == "mistake" else "odd", wrong))
    cells = "".join(
        f'<tr class="{kind}"><th scope="row">{name}</th><td><code>{escape(program.result)}</code></td></tr>'
        for name, kind, program in rows
    )
    return f'<table class="numbers"><tbody>{cells}</tbody></table>'
