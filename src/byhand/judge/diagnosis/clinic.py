"""The clinic's pages, and the wrong programs that they describe.

A page holds a change to lines of its formula. The changed formula is the program of a learner with this mistake, and
its results identify the mistake.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import CodeType, ModuleType
from typing import Any

from byhand.judge.diagnosis.merging import merged

KINDS = ("mistake", "convention")
FORMULAS = ("kl_divergence", "cross_entropy", "sgd", "momentum", "adam", "adamw", "roc_auc")
SHORT = {"kl": "kl_divergence", "kld": "kl_divergence", "ce": "cross_entropy", "auc": "roc_auc", "rocauc": "roc_auc"}
"""Other names of the formulas."""
CONSTANT = "{c}"
"""In a change: a constant that the learner chose, such as the eps under a logarithm."""

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_DEFINITIONS = re.compile(r"\n(?=(?:def|class) )")
_TITLES = re.compile(r"^#{1,2} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """A page in one language: Markdown."""

    title: str
    body: str

    @property
    def summary(self) -> str:
        """The first paragraph in one line: what the mistake is."""
        paragraph, _, _ = self.flowing.partition("\n\n")
        return paragraph

    @property
    def flowing(self) -> str:
        """The body with each paragraph in one line; Chinese needs no space at a line break."""
        wide = "\u2e80-\u9fff\uff00-\uffef"
        text = re.sub(rf"(?<=[{wide}])\n(?=[{wide}])", "", self.body)
        return re.sub(r"(?<!\n)\n(?![\n|>*-]|\d+\. |    )", " ", text)

    def part(self, *heads: str) -> str:
        """The paragraph that begins with one of ``heads`` in bold, without this head; "" if there is none."""
        for paragraph in self.flowing.split("\n\n"):
            for head in heads:
                if paragraph.startswith(f"**{head}"):
                    return paragraph.partition("**")[2].partition("**")[2].strip()
        return ""


@dataclass(frozen=True, eq=False)
class Page:
    """A mistake, or a convention: right, under another name."""

    formula: str
    also: tuple[str, ...]
    """Other formulas that have the same line and the same mistake."""
    name: str
    kind: str
    line: str
    becomes: tuple[str, ...]
    """Forms of the mistake; with {c}, one for each constant. Empty if a probe of this name finds it."""
    constants: tuple[float, ...]
    probe: str
    patterns: tuple[str, ...]
    """Regular expressions for the learner's line, the most reliable first; none if the judge has to find it itself."""
    same: tuple[str, ...]
    """Pages of this formula that are numerically identical to this one."""
    example: str
    right: str
    wrong: str
    en: Text
    zh: Text

    @property
    def id(self) -> str:
        """The id that the report prints and ``byhand explain`` takes: formula/name."""
        return f"{self.formula}/{self.name}"

    def text(self, lang: str) -> Text:
        """The page in "en" or "zh"."""
        return self.zh if lang == "zh" else self.en

    def changes(self, constants: Iterable[float] = ()) -> Iterator[Change]:
        """Every form of the mistake, with the page's constants and those of the learner's program."""
        for becomes in self.becomes:
            if CONSTANT not in becomes:
                yield Change(self, becomes)
                continue
            for c in dict.fromkeys((*self.constants, *constants)):
                yield Change(self, becomes.replace(CONSTANT, repr(c)), c)


@dataclass(frozen=True)
class Change:
    """A page's line, and its replacement."""

    page: Page
    becomes: str
    constant: float | None = None
    """The constant that was filled in, if the page leaves it open."""


def formula_named(name: str) -> str:
    """The formula that a name means in any spelling: "Adam", "KL divergence", "auc"; "" if none."""
    plain = re.sub(r"[\s_-]+", "", name.lower())
    known = {formula.replace("_", ""): formula for formula in FORMULAS} | SHORT
    return known.get(plain, "")


def pages(formula: str) -> tuple[Page, ...]:
    """All pages whose mistake can be made in a formula, by name."""
    return tuple(page for page in _pages().values() if formula in (page.formula, *page.also))


def page(id: str) -> Page:
    """The page of an id such as "adam/no-bias-correction"; KeyError if there is none."""
    return _pages()[id]


def all_pages() -> tuple[Page, ...]:
    """All pages of all formulas."""
    return tuple(_pages().values())


@cache
def source(formula: str) -> str:
    """The formula's own source."""
    # Found through the parent package, because importing the formulas would import torch.
    return files("byhand").joinpath("formulas", f"{formula}.py").read_text("utf-8")


def halves(formula: str) -> tuple[str, str]:
    """The formula's explanation, and its program."""
    _, story, program = source(formula).split('"""', 2)
    return story, program


def changed(formula: str, changes: Iterable[Change] = ()) -> str:
    """The formula's source after ``changes``; ValueError if two of them change the same part of a line."""
    lines = source(formula).split("\n")
    for block, inside in _blocks(formula, changes):
        first = lines[block.start]
        indent = first[: len(first) - len(first.lstrip())]
        old = [_code(line) if line.startswith(indent) else line for line in lines[block.start : block.stop]]
        forms = []
        for place, change in inside:
            start, stop = place.start - block.start, place.stop - block.start
            forms.append("\n".join([*old[:start], *change.becomes.split("\n"), *old[stop:]]))
        becomes = merged("\n".join(old), forms)
        if becomes is None:
            raise ValueError(f"{inside[-1][1].page.id}: its line is changed in the same part by another page")
        lines[block.start : block.stop] = [indent + line if line else "" for line in becomes.split("\n")]
    return "\n".join(lines)


def _blocks(formula: str, changes: Iterable[Change]) -> list[tuple[range, list[tuple[range, Change]]]]:
    """The line ranges of changes, overlapping ones as one block, from the last to the first."""
    blocks: list[tuple[range, list[tuple[range, Change]]]] = []
    for place, change in sorted(((_place(formula, change.page), change) for change in changes), key=_start):
        if blocks and place.start < blocks[-1][0].stop:
            block, inside = blocks[-1]
            blocks[-1] = range(block.start, max(block.stop, place.stop)), [*inside, (place, change)]
        else:
            blocks.append((place, [(place, change)]))
    return blocks[::-1]


def _start(placed: tuple[range, Change]) -> int:
    return placed[0].start


@cache
def program(formula: str, changes: tuple[Change, ...] = ()) -> Mapping[str, Any]:
    """The names that the formula's source defines after ``changes``. Only our own code is executed here."""
    name = f"byhand.formulas.{formula}"
    module = ModuleType(name)
    for part in _DEFINITIONS.split(changed(formula, changes)):
        exec(_compiled(part, name), module.__dict__)
    return module.__dict__


@cache
def _compiled(part: str, name: str) -> CodeType:
    """One definition of a formula, compiled and cached: most changes leave most definitions unchanged."""
    code: CodeType = compile(part, f"<{name}>", "exec", annotations.compiler_flag, dont_inherit=True)
    return code


@cache
def _place(formula: str, page: Page) -> range:
    """The line range of a page's lines in a formula."""
    lines = source(formula).split("\n")
    wanted = [line.strip() for line in page.line.split("\n")]
    n = len(wanted)
    places = [i for i in range(len(lines) - n + 1) if [_code(line) for line in lines[i : i + n]] == wanted]
    if len(places) != 1:
        raise ValueError(f"{page.id}: its line stands {len(places)} times in the formula, must be once")
    return range(places[0], places[0] + n)


def _code(line: str) -> str:
    """A line without indentation and comment."""
    return line.partition("  #")[0].strip()


@cache
def _pages() -> dict[str, Page]:
    found = {}
    for formula in FORMULAS:
        folder = files("byhand.mistakes").joinpath(formula)
        if not folder.is_dir():
            continue
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".md"):
                page = parse(file.read_text("utf-8"), file.name.removesuffix(".md"))
                found[page.id] = page
    return found


def parse(text: str, name: str) -> Page:
    """The page in ``text``; ValueError says what is wrong with it."""
    match = _FRONT.match(text)
    if match is None:
        raise ValueError(f"{name}: a page must begin with front matter between two lines of ---")
    front = tomllib.loads(match[1])
    becomes, patterns = front.pop("becomes", []), front.pop("pattern", [])
    page = Page(
        formula=front.pop("formula"),
        also=tuple(front.pop("also", ())),
        name=name,
        kind=front.pop("kind"),
        line=front.pop("line", ""),
        becomes=(becomes,) if isinstance(becomes, str) else tuple(becomes),
        constants=tuple(front.pop("constants", ())),
        probe=front.pop("probe", ""),
        patterns=(patterns,) if isinstance(patterns, str) else tuple(patterns),
        same=tuple(front.pop("same", ())),
        example=front.pop("example", ""),
        right=front.pop("right", ""),
        wrong=front.pop("wrong", ""),
        **_languages(match[2], name),
    )
    front.pop("seen", None)
    if front:
        raise ValueError(f"{name}: unknown keys {sorted(front)}")
    if page.kind not in KINDS or not {page.formula, *page.also} <= set(FORMULAS):
        raise ValueError(f"{name}: `kind` must be one of {KINDS}, `formula` and `also` formulas")
    if bool(page.line) != bool(page.becomes) or bool(page.line) == bool(page.probe):
        raise ValueError(f"{name}: a page has `line` and `becomes`, or `probe`")
    return page


def _languages(text: str, name: str) -> dict[str, Text]:
    titles = list(_TITLES.finditer(text))
    if len(titles) != 2:
        raise ValueError(f"{name}: a page has two titles, # in English and ## in Chinese, got {len(titles)}")
    en, zh = titles
    return {
        "en": Text(en[1].strip(), text[en.end() : zh.start()].strip()),
        "zh": Text(zh[1].strip(), text[zh.end() :].strip()),
    }
