"""The contents of a report as data: sections in the reader's language, which renderers lay out.

A section is about one definition: the learner's own lines, two numbers and one hint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.spot import code_of, columns_of
from byhand.judge.model import LATE, Definition, Finding, Judgement, Place, Program, Report
from byhand.judge.reporting.texts import EDGES, LAYERS, NOTES, PHRASES, STOPPED, TASKS, VERDICTS
from byhand.judge.reporting.words import calling, colon, comma, problem, say, written
from byhand.judge.visible import visible

SYMPTOM, PLACE, FORMULA, FIX = range(4)
"""How much of the answer a report reveals."""
ORDER = ("mistake", "edge", "convention", "note")
"""The order of findings."""
AROUND = 1
"""Lines shown above and below the marked one."""
LONG = 500


@dataclass(frozen=True)
class CodeLine:
    """One of the learner's lines."""

    number: int
    text: str
    marked: tuple[int, int] | None = None
    """The columns of ``text`` that a finding is about, from 0."""


@dataclass(frozen=True)
class Note:
    """The text about one finding."""

    title: str
    kind: str
    place: str
    code: tuple[CodeLine, ...]
    summary: str
    where: str
    """The input on which the two numbers differ."""
    yours: str
    formula: str
    hint: str
    """One hint: the formula's line, or what to write, depending on the level."""
    id: str
    fix: tuple[str, ...] = ()
    """The learner's own lines, after "- ", and what to write instead, after "+ "."""


@dataclass(frozen=True)
class Section:
    """The text about one definition."""

    name: str
    verdict: str
    verdict_text: str
    task: str
    formula: str
    """The task's own name, "" if there is none."""
    place: str
    convention: str
    stopped: str
    code: tuple[CodeLine, ...]
    """Where it stopped."""
    notes: tuple[Note, ...]
    folded: str
    """Its conventions in one line, where :attr:`notes` leaves them out."""

    @property
    def about(self) -> tuple[str, ...]:
        """Task and place; the task is left out if the name contains it."""
        return (self.place,) if self.name == self.task else (self.task, self.place)


def sections(report: Report, lang: str = "en", hint: int = PLACE, full: bool = False) -> Iterator[Section]:
    """One section for each judged definition, in the order of the file; conventions are explained only if ``full``."""
    for judgement in report.judgements:
        if judgement.verdict != "unrecognised" or judgement.stopped:
            yield _section(report, judgement, lang, hint, full or hint >= FORMULA)


def unrecognised(report: Report, lang: str = "en") -> str:
    """One sentence about the definitions that no task recognised, "" if there are none."""
    names = [j.definition.name for j in report.judgements if j.verdict == "unrecognised" and not j.stopped]
    if not names:
        return ""
    task = next(
        (task for task in TASKS if task.replace("_", "") in names[0].lower().replace("_", "")), next(iter(TASKS))
    )
    example = f'"{names[0]}": "{task}"' if report.live else f"{names[0]}={task}"
    return say(
        PHRASES,
        "unrecognised live" if report.live else "unrecognised",
        lang,
        names=clean(("、" if lang == "zh" else ", ").join(names)),
        example=clean(example),
        tasks=("、" if lang == "zh" else ", ").join(TASKS),
    )


def problems(report: Report, lang: str = "en") -> list[str]:
    """One line for each cell or statement that is left out."""
    return [
        f"{_place(report.program, one.place, lang)}{colon(lang)}{problem(clean(one.message), one.lost, lang)}"
        for one in report.program.problems
    ]


def total(report: Report, lang: str = "en") -> str:
    """How many definitions have each verdict; "" if none looks like one of the seven."""
    counts: Counter[str] = Counter(judgement.verdict for judgement in report.judgements)
    del counts["unrecognised"]
    if not counts and not any(judgement.stopped for judgement in report.judgements):
        return ""
    each = (
        say(PHRASES, "count", lang, n=counts[verdict], what=say(VERDICTS, verdict, lang))
        for verdict in VERDICTS
        if counts[verdict]
    )
    return comma(lang).join(each) or say(VERDICTS, "not judged", lang)


def how(report: Report, lang: str = "en") -> str:
    """How it ran: the layers that sealed it, or that nothing was run."""
    if not report.layers and not report.trusted:
        return say(PHRASES, "nothing run", lang)
    return say(
        PHRASES,
        "trusted" if report.trusted else "sealed",
        lang,
        layers=("、" if lang == "zh" else ", ").join(say(LAYERS, layer, lang) for layer in report.layers),
    )


def exit_code(report: Report, strict: bool = False) -> int:
    """0 right, 1 mistakes, 2 nothing or not everything was judged. ``strict`` counts fragile and library as 1."""
    verdicts = {judgement.verdict for judgement in report.judgements}
    if verdicts & {"mistaken", "unknown", "stopped"} or (strict and verdicts & {"fragile", "library"}):
        return 1
    late = "ours" in verdicts or any(judgement.stopped in LATE for judgement in report.judgements)
    return (
        2
        if late or any(one.lost for one in report.program.problems) or verdicts <= {"unrecognised", "todo", "blocked"}
        else 0
    )


def _section(report: Report, judgement: Judgement, lang: str, hint: int, full: bool) -> Section:
    program, stopped = report.program, ""
    if judgement.stopped:
        detail = clean(written(judgement.detail, lang))
        fill = {"task": say(TASKS, judgement.task, lang), "detail": detail, **vars(report.allowed)}
        fill["returned"] = say(PHRASES, "returned", lang, detail=detail) if detail else ""
        stopped = say(STOPPED, judgement.stopped, lang, **fill).strip()
    notes = [note_of(program, judgement, finding, lang, hint) for finding in ordered(judgement)]
    folded = [note for note in notes if note.kind == "convention" and note.title and not full]
    return Section(
        name=_name(judgement.definition, lang),
        verdict=judgement.verdict,
        verdict_text=say(VERDICTS, "not judged" if judgement.verdict == "unrecognised" else judgement.verdict, lang),
        task=say(TASKS, judgement.task, lang),
        formula=judgement.task,
        place=_where(program, judgement.definition.node.lineno, lang),
        convention=clean(calling(dict(judgement.convention), lang)) if full or judgement.verdict == "unknown" else "",
        stopped=stopped,
        code=_code(program, judgement, judgement.line, None) if judgement.stopped else (),
        notes=tuple(_brief([note for note in notes if note not in folded], lang)),
        folded=_folded(folded, lang),
    )


def _name(definition: Definition, lang: str) -> str:
    """What a definition is called: a formula in a text has no name."""
    return say(PHRASES, "in the text", lang) if definition.kind == "formula" else clean(definition.name)


def formulas(report: Report, lang: str = "en") -> str:
    """How many formulas of the text are right; "" if none is."""
    key = "one formula" if report.formulas == 1 else "formulas"
    return say(PHRASES, key, lang, n=report.formulas) if report.formulas else ""


def ordered(judgement: Judgement) -> list[Finding]:
    """Its findings in the order of the report: wrong on ordinary input, wrong at an edge, conventions, notes."""
    return sorted(
        judgement.findings, key=lambda found: ORDER.index("edge" if found.edge and found.mistake else found.kind)
    )


def _folded(notes: list[Note], lang: str) -> str:
    """Conventions in one line."""
    each = [f"{note.title} ({', '.join(filter(None, (note.place, note.id)))})" for note in notes]
    return (
        f"{say(PHRASES, 'by convention', lang)}{colon(lang)}{('；' if lang == 'zh' else '; ').join(each)}"
        if each
        else ""
    )


def _brief(notes: list[Note], lang: str) -> Iterator[Note]:
    """Show equal numbers once, and for a convention beside a mistake only its title."""
    grave = any(note.kind in ("mistake", "edge") for note in notes)
    shown = set()
    for note in notes:
        numbers = (note.where, note.yours, note.formula)
        if numbers in shown or (grave and note.kind == "convention"):
            note = replace(note, where="", yours="", formula="")
        shown.add(numbers)
        aside = grave and note.kind == "convention"
        yield replace(note, code=(), title=say(PHRASES, "no mistake", lang, title=note.title)) if aside else note


def note_of(program: Program, judgement: Judgement, finding: Finding, lang: str, hint: int) -> Note:
    """The text about one finding."""
    given = clean(written(finding.input, lang))
    where = say(PHRASES, "on", lang, input=given) if given else ""
    if finding.edge:
        edge = say(EDGES, finding.edge, lang)
        where = say(PHRASES, "at the edge", lang, edge=edge, input=given)
    note = Note(
        title="",
        kind=finding.kind,
        place="",
        code=(),
        summary=_summary(judgement, finding, lang),
        where=where,
        yours=clean(written(finding.yours, lang)),
        formula=clean(written(finding.formula, lang)),
        hint="",
        id=finding.mistake,
    )
    if finding.mistake:
        note = replace(note, title=clinic.page(finding.mistake).text(lang).title)
    if hint < PLACE and finding.kind not in ("convention", "note"):
        return replace(note, title="", summary="", id="")
    if finding.line is not None:
        code = _code(program, judgement, finding.line, columns(program, judgement, finding))
        note = replace(note, place=_where(program, finding.line, lang), code=code)
    fix = fix_of(judgement, finding) if hint >= FIX else ()
    if fix:
        label = say(PHRASES, "to match" if finding.kind == "convention" else "write instead", lang)
        return replace(note, hint=f"{label}{colon(lang).rstrip()}", fix=fix)
    return replace(note, hint=_hint(finding, lang, hint))


def fix_of(judgement: Judgement, finding: Finding) -> tuple[str, ...]:
    """The lines of the fix that belong to a finding: those at its line; to the first mistake all that no other has."""
    bad = [one for one in judgement.findings if one.kind in ("mistake", "edge")]
    if judgement.fix is None or finding not in bad:
        return ()
    lines = []
    for one in judgement.fix.lines:
        owner = next((each for each in bad if one.first <= (each.line or 0) <= max(one.first, one.last)), bad[0])
        if owner is finding:
            lines += [*(f"- {clean(line)}" for line in one.old), *(f"+ {clean(line)}" for line in one.new)]
    return tuple(lines)


def _summary(judgement: Judgement, finding: Finding, lang: str) -> str:
    if finding.mistake:
        return clinic.page(finding.mistake).text(lang).summary
    if finding.kind == "note":
        detail = {key: clean(written(value, lang)) for key, value in finding.detail.items()}
        return say(NOTES, finding.note, lang, **detail)
    if finding.edge:
        return say(PHRASES, "breaks", lang, edge=say(EDGES, finding.edge, lang))
    return say(PHRASES, "unknown", lang) if judgement.verdict == "unknown" else ""


def _hint(finding: Finding, lang: str, hint: int) -> str:
    if not finding.mistake or hint < FORMULA:
        return ""
    page = clinic.page(finding.mistake)
    if hint >= FIX or not page.line:
        advice = page.text(lang).part("Write instead", "To match", "应该写", "如需一致")
        label = "to match" if finding.kind == "convention" else "write instead"
        return f"{say(PHRASES, label, lang)}{colon(lang)}{advice}"
    return f"{say(PHRASES, 'the formula has', lang)}{colon(lang)}{page.line}"


def _where(program: Program, line: int | None, lang: str) -> str:
    place = program.place(line)
    return _place(program, place, lang) if place else ""


def _place(program: Program, place: Place, lang: str) -> str:
    if place.markdown:
        return say(PHRASES, "text cell", lang, cell=place.cell, line=place.line)
    if place.cell is None:
        return say(PHRASES, "line", lang, line=place.line)
    if place.cell in program.counts:  # as the learner finds it in Jupyter
        return say(PHRASES, "counted cell", lang, count=program.counts[place.cell], line=place.line)
    return say(PHRASES, "cell", lang, cell=place.cell, line=place.line)


def columns(program: Program, judgement: Judgement, finding: Finding) -> tuple[int, int] | None:
    """The columns of the operand in the learner's line, from 0; None if it is the whole line."""
    definition, line = judgement.definition, finding.line
    if finding.columns is not None:
        return finding.columns
    if not finding.mistake or line is None:
        return None
    own = definition.lines[line - definition.node.lineno : line - definition.node.lineno + 1]
    repaired = own != (program.lines[line - 1],)
    return None if repaired else columns_of(definition, clinic.page(finding.mistake), line)


def _code(
    program: Program, judgement: Judgement, line: int | None, marked: tuple[int, int] | None
) -> tuple[CodeLine, ...]:
    """The lines around one line, within the learner's own cell and definition. ``marked``: columns; None: all code."""
    place = program.place(line)
    if place is None or line is None:
        return ()
    last = len(program.lines) - (not program.lines[-1])  # after the last newline there is no line
    around = range(max(line - AROUND, 1), min(line + AROUND, last) + 1)
    first, end = judgement.definition.node.lineno, judgement.definition.node.end_lineno or last
    if first <= line <= end:
        around = range(max(around.start, first), min(around.stop, end + 1))
    shown = []
    for i in around:
        text, mark = program.lines[i - 1], None
        if i == line:
            start, stop = (len(clean(text[:column])) for column in marked or code_of(text))
            mark = (start, stop)
        if (mark or text.strip()) and program.places[i - 1] == replace(place, line=place.line + i - line):
            shown.append(CodeLine(program.places[i - 1].line, clean(text), mark))
    return tuple(shown)


def clean(text: str) -> str:
    """A learner's text in one line of limited length, without terminal control characters."""
    return visible(text[:LONG].replace("\n", " ").expandtabs(4))[:LONG]
