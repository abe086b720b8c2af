"""All pages of the site, in the order of the navigation, with what each is made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from byhand.judge.diagnosis import clinic
from website import ROOT, SUFFIX, formulas, mistakes, reference
from website.home import home
from website.learners import Learner
from website.markdown import front_matter, joined, reflowed, relative, relinked
from website.texts import CHINESE, say

GUIDES = {  # the pages of the repository: their tab, and their file without its ending
    "start.md": ("start", "docs/start"),
    "practice.md": ("practice", "docs/practice"),
    "check.md": ("check", "docs/check"),
    "sandbox.md": ("check", "docs/sandbox"),
    "eval.md": ("eval", "docs/eval"),
    "benchmarks.md": ("measured", "docs/benchmarks"),
    "exactness.md": ("measured", "docs/exactness"),
    "limits.md": ("measured", "docs/limits"),
    "field.md": ("measured", "docs/field"),
    "ecosystem.md": ("measured", "docs/ecosystem"),
    "contributing.md": ("contribute", "CONTRIBUTING"),
    "changelog.md": ("contribute", "CHANGELOG"),
}
COPIED = (".svg", ".png", ".json", ".csv", ".txt")
"""Files of ``docs`` that a page may show or offer."""


@dataclass(frozen=True)
class Page:
    """A page of the site."""

    path: str
    tab: str
    """A key of SECTIONS; "" for the home page."""
    text: str
    section: str = ""
    """The formula under which it stands in the navigation."""
    short: str = ""
    """Its name in the navigation; "" for its title."""


@dataclass
class Site:
    """The pages of a language, and the files of the repository that they show."""

    lang: str
    learners: Mapping[str, Learner]
    files: dict[str, Path] = field(default_factory=dict)
    """By address in the site."""

    def pages(self) -> Iterator[Page]:
        """All pages."""
        tagline = say("tagline", self.lang)
        top = front_matter(f"byhand · {tagline}", hide=["navigation", "toc", "path"], description=tagline)
        yield Page(
            "index.md", "", top + self._own(home(self.lang), "README.md", "index.md"), short=say("home", self.lang)
        )
        yield self._guide("start.md")
        yield Page("formulas/index.md", "formulas", formulas.index(self.lang))
        for name in clinic.FORMULAS:
            yield Page(f"formulas/{name}.md", "formulas", formulas.page(name, self.lang))
        yield Page("formulas/evaluation.md", "formulas", formulas.evaluation(self.lang))
        yield Page("mistakes/index.md", "mistakes", mistakes.index(self.lang))
        for name in clinic.FORMULAS:
            title = formulas.title(name, self.lang)
            yield Page(f"mistakes/{name}/index.md", "mistakes", mistakes.of_formula(name, self.lang), title)
            for one in clinic.all_pages():
                if one.formula == name:
                    text = mistakes.page(one, self.lang, self.learners)
                    yield Page(f"mistakes/{one.id}.md", "mistakes", text, title, one.text(self.lang).title)
        yield from map(self._guide, ("practice.md", "check.md", "sandbox.md", "eval.md"))
        yield Page("reference/index.md", "reference", reference.index(self.lang))
        for package in reference.PACKAGES:
            yield Page(reference.page_of(package), "reference", reference.page(package, self.lang), "", package)
        yield from map(self._guide, list(GUIDES)[list(GUIDES).index("benchmarks.md") :])

    def _guide(self, path: str) -> Page:
        """A page of the repository, in this language, or in English with a Chinese introduction."""
        tab, stem = GUIDES[path]
        chinese = ROOT / f"{stem}{SUFFIX}.md"
        source = chinese if self.lang == "zh" and chinese.exists() else ROOT / f"{stem}.md"
        text = _without_switch(source.read_text("utf-8"))
        title = _title(text)
        if self.lang == "zh" and source != chinese:
            title = CHINESE["introductions"][path]["title"]
            introduction = CHINESE["introductions"][path]["text"]
            note = f'# {title}\n\n{introduction}\n\n!!! note "{say("in english", "zh")}"\n'
            text = re.sub(r"\A# .*\n", lambda _: f'{note}\n<div lang="en" markdown>\n', text) + "\n</div>\n"
        own = self._own(text, source.relative_to(ROOT).as_posix(), path)
        return Page(path, tab, front_matter(title) + own, short=title)

    def _own(self, text: str, source: str, path: str) -> str:
        """A text of the repository's file ``source`` as the page at ``path``."""

        def rewrite(mark: str, shown: str, target: str) -> str:
            if "://" in target or target.startswith("#"):
                return f"{mark}[{shown}]({target})"
            file, _, anchor = target.partition("#")
            whole = posixpath.normpath(posixpath.join(posixpath.dirname(source), file))
            address = self._address(whole, anchor)
            if self.lang == "zh" and not mark and file.endswith(".md") and SUFFIX not in file and _has_chinese(whole):
                way = "../" * (path.count("/") + 1)  # a section that the Chinese page sums up
                return f'<a href="{way}{address.replace(".md", ".html")}" hreflang="en">{shown}</a>'
            if address:
                return f"{mark}[{shown}]({relative(address, path)})"
            plain = shown.strip("`")
            return f"`{plain}`" if plain in whole else f"{shown} (`{whole}`)"

        moved = relinked(text, rewrite)
        return reflowed(joined(moved) if self.lang == "zh" else moved)

    def _address(self, file: str, anchor: str) -> str:
        """The address in the site of what is made of a file of the repository; "" if there is none."""
        mark = f"#{anchor}" if anchor else ""
        stem = file.removesuffix(".md").removesuffix(SUFFIX)
        for path, (_, guide) in GUIDES.items():
            if stem == guide:
                return path + mark
        fixed = {"README": "index.md", "docs/formulas": "formulas/index.md", "docs/mistakes": "mistakes/index.md"}
        if stem in fixed:
            return fixed[stem] if not mark or stem != "docs/formulas" else f"formulas/{anchor.replace('-', '_')}.md"
        if match := re.fullmatch(r"src/byhand/(formulas|mistakes)/(\w+)(/[\w-]+)?(\.py|\.md)?", file):
            folder, name, one, _ = match.groups()
            if folder == "formulas":
                return f"formulas/{name if name in clinic.FORMULAS else 'evaluation'}.md"
            return f"mistakes/{name}{one or '/index'}.md"
        if file.startswith("docs/") and file.endswith(COPIED) and (ROOT / file).is_file():
            address = f"files/{posixpath.basename(file)}"
            self.files[address] = ROOT / file
            return address
        return ""


def _has_chinese(file: str) -> bool:
    """Whether a page of the repository has a Chinese one beside it, so that a link to it means the English one."""
    return (ROOT / file.replace(".md", f"{SUFFIX}.md")).is_file()


def _title(text: str) -> str:
    """The title of a page."""
    return next(line.removeprefix("# ") for line in text.split("\n") if line.startswith("# "))


def _without_switch(text: str) -> str:
    """The text without its link to the other language, which the site has on each page."""
    return re.sub(r" *·? *\[(?:中文|English)\]\([^)]*\)", "", text)


def navigation(pages: list[Page], lang: str) -> list[object]:
    """The pages as Zensical's navigation: tabs, and within mistakes a section for each formula."""
    tabs: dict[str, list[object]] = {}
    sections: dict[str, list[object]] = {}
    nav: list[object] = []
    for page in pages:
        entry: object = {page.short: page.path} if page.short else page.path
        if not page.tab:
            nav.append(entry)
            continue
        if page.tab not in tabs:
            tabs[page.tab] = []
            nav.append({say(page.tab, lang): tabs[page.tab]})
        if page.section:
            if page.section not in sections:
                sections[page.section] = []
                tabs[page.tab].append({page.section: sections[page.section]})
            sections[page.section].append(entry)
        else:
            tabs[page.tab].append(entry)
    return nav
