"""The site's pages are made of what exists, in both languages; `make docs` builds all, and checks every link."""

import re
import tomllib
from pathlib import Path

import pytest

import byhand
from byhand.judge.diagnosis import clinic
from website import ROOT, SUFFIX, formulas, mistakes, reference
from website.building import HERE, config
from website.learners import EXPECT, PROGRAMS, shown_by_learners
from website.links import faults
from website.markdown import joined, reflowed, relative, relinked
from website.pages import GUIDES, Page, Site, navigation
from website.programs import both
from website.texts import _TEXTS, CHINESE, LANGUAGES, SECTIONS

HAN = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def code_removed(text):
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def addresses():
    """Every page of the site, without writing any."""
    made = {"index.md", "formulas/evaluation.md", *GUIDES, *map(reference.page_of, reference.PACKAGES)}
    made |= {f"{folder}/index.md" for folder in ("formulas", "mistakes", "reference")}
    made |= {f"formulas/{name}.md" for name in clinic.FORMULAS}
    made |= {f"mistakes/{name}/index.md" for name in clinic.FORMULAS}
    return made | {f"mistakes/{page.id}.md" for page in clinic.all_pages()}


def some_pages(lang):
    """Pages of each kind, and all that are made of the repository's own pages."""
    site = Site(lang, {})
    yield from map(site._guide, GUIDES)
    yield Page("formulas/adam.md", "formulas", formulas.page("adam", lang))
    yield Page("formulas/index.md", "formulas", formulas.index(lang))
    yield Page("formulas/evaluation.md", "formulas", formulas.evaluation(lang))
    yield Page("mistakes/index.md", "mistakes", mistakes.index(lang))
    yield Page("mistakes/adam/index.md", "mistakes", mistakes.of_formula("adam", lang))
    for id in ("adam/old-moment-not-decayed", "cross_entropy/softmax-twice"):
        yield Page(f"mistakes/{id}.md", "mistakes", mistakes.page(clinic.page(id), lang, {}))
    yield Page("reference/index.md", "reference", reference.index(lang))
    for package in reference.PACKAGES:
        yield Page(reference.page_of(package), "reference", reference.page(package, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_between_pages_lead_somewhere(lang):
    made, files = addresses(), Site(lang, {}).files
    for page in some_pages(lang):
        for link in LINK.findall(code_removed(page.text)):
            path = link.partition("#")[0]
            if "://" in link or not path:
                continue
            target = relative_to(page.path, path)
            assert target in made or target in files or target.startswith("files/"), f"{page.path}: {link}"


def relative_to(page, link):
    parts = page.split("/")[:-1]
    for part in link.split("/"):
        if part == "..":
            assert parts, f"{page}: {link} leads out of the site"
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def test_every_page_has_both_languages_or_says_that_it_is_in_english():
    for path, (_, stem) in GUIDES.items():
        assert (ROOT / f"{stem}.md").is_file()
        assert (ROOT / f"{stem}{SUFFIX}.md").is_file() != (path in CHINESE["introductions"])
    for en, zh in (*_TEXTS.values(), *SECTIONS.values()):
        assert not HAN.search(en)
        assert en.count("{") == zh.count("{")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_configuration_is_read(lang):
    pages = [Page("index.md", "", "", short="Home"), Page("mistakes/adam/a.md", "mistakes", "", "Adam", 'The "a"')]
    read = tomllib.loads(config(lang, pages))["project"]
    assert read["nav"] == navigation(pages, lang)
    assert read["theme"]["language"] == lang
    assert read["theme"]["font"] is False  # the theme would load one from elsewhere


def test_the_kernels_bytes_are_the_same_in_chinese():
    for name in clinic.FORMULAS:
        english, chinese = formulas.bytes_moved(name), CHINESE["bytes"][name]
        assert english
        for number in re.findall(r"\b\d+\b", re.sub("float32|bfloat16|MS", "", english)):
            assert re.search(rf"(?<!\d){number}(?!\d)", chinese), f"{name}: {number} is not in the Chinese text"


def test_both_programs_of_a_mistake_differ_where_it_is():
    page = clinic.page("adam/old-moment-not-decayed")
    right, wrong = both(page)
    assert (right.result, wrong.result) == (page.right, page.wrong)
    for program, line in ((right, "m = beta1 * m + (1 - beta1) * g"), (wrong, "m = m + (1 - beta1) * g")):
        first = int(program.marked.split("-")[0])
        assert program.code.split("\n")[first - 1].strip() == line
        assert "Float" not in program.code
        assert '"""' not in program.code


def test_every_mistake_without_a_line_has_a_program_that_shows_it():
    expected = {id for file in PROGRAMS.glob("*/*/*.py") for id in expectation(file)}
    assert set(shown_by_learners()) <= expected


def expectation(file):
    line = file.read_text("utf-8").partition("\n")[0]
    return line.removeprefix(EXPECT).split()[1:] if line.startswith(EXPECT) else []


def test_the_reference_has_all_that_is_public():
    shown = {(one.package, one.name) for one in reference.entries()}
    for package in ("losses", "optim", "metrics", "evaluate"):
        assert {(f"byhand.{package}", name) for name in getattr(byhand, package).__all__} <= shown
    assert all(one.target.docstring for one in reference.entries())
    text = reference.page("byhand.losses", "en")
    assert "## `cross_entropy` { #cross_entropy }" in text
    assert "label_smoothing: float = 0.0," in text
    assert ":func:" not in text


def test_lists_and_links_become_those_of_the_site():
    assert reflowed("Text:\n- one\n  more\n  - inner\n\n1. a\n   - b") == (
        "Text:\n\n- one\n    more\n    - inner\n\n1. a\n    - b"
    )
    assert reflowed("1. a\n\n       code\n\n```text\n  - kept\n```") == "1. a\n\n        code\n\n```text\n  - kept\n```"
    assert joined("标题：\n\n    code\n\n一，\n二\nthree\n- 四") == "标题：\n\n    code\n\n一，二\nthree\n- 四"
    seen = []
    text = "[a](x.md)\n\n    [c](z.md)\n\n```\n[d](w.md)\n```\n\n[![p](p.png)](q.md)"
    relinked(text, lambda mark, shown, target: seen.append(target) or f"{mark}[{shown}]({target})")
    assert seen == ["x.md", "p.png", "q.md"]
    assert relative("reference/losses.md#f", "formulas/adam.md") == "../reference/losses.md#f"


def test_the_check_of_links_finds_what_is_wrong(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a id="here" href="b.html#there">b</a> <a href="#here">up</a> <a href="c.html">c</a> <a href="/d.html">d</a>'
        '<script src="https://example.org/x.js"></script> <a href="https://a.org">a</a> <a href="b.html#no">n</a>'
    )
    (tmp_path / "b.html").write_text('<h2 id="there">b</h2>')
    assert sorted(faults(tmp_path)) == [
        "a.html: /d.html is absolute",
        "a.html: b.html#no has no such anchor",
        "a.html: c.html leads nowhere",
        "a.html: loads https://example.org/x.js",
    ]


def test_nothing_of_the_sites_own_comes_from_elsewhere():
    for file in (*HERE.glob("assets/*"), *HERE.glob("theme/**/*.html")):
        assert not re.search(r"https?://", file.read_text("utf-8")), file


@pytest.mark.parametrize("file", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda file: file.name)
def test_workflows_pin_their_actions_and_may_do_little(file):
    text = file.read_text("utf-8")
    uses = re.findall(r"uses: (\S+)", text)
    assert uses
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in uses)
    assert re.search(r"^permissions:\n  contents: read\n", text, re.MULTILINE)
    commands = re.findall(r"run: make (.+)", text)
    words = {
        line.split(":")[0] for line in (ROOT / "Makefile").read_text("utf-8").split("\n") if re.match(r"\w+:", line)
    }
    assert commands
    assert {word for command in commands for word in command.split() if word != "ALL=1"} <= words


def test_pages_read_well_in_the_repository_too():
    for path in Path(ROOT / "docs").glob(f"*{SUFFIX}.md"):
        english = path.with_name(path.name.replace(SUFFIX, ""))
        assert f"]({path.name})" in english.read_text("utf-8")
        assert f"]({english.name})" in path.read_text("utf-8")
