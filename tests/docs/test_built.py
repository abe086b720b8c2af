"""A small site, built as `make docs` builds the whole, in a browser: both languages, nothing from elsewhere."""

from pathlib import Path

import pytest

from chromium import launched
from website.building import BuildError, build
from website.links import faults
from website.markdown import front_matter
from website.pages import Page
from website.texts import LANGUAGES

AXE = Path(__file__).parents[1] / "practice" / "web" / "axe" / "axe.min.js"
TEXTS = {
    "en": ("Old moment not decayed", "A sum that never **forgets**, not a mean.", "forget"),
    "zh": ("没有做偏差修正", "m 和 v 都从 0 开始，最初若干步的**步长**是错的。", "偏差"),
}
"""By language: the title and the text of a page, and what finds it."""
CODE = "```python\nm = beta1 * m + (1 - beta1) * g  # a mean\nreturn m.sqrt()\n```\n"


def pages(lang):
    title, text, _ = TEXTS[lang]
    yield Page("index.md", "", front_matter("byhand") + f"# byhand\n\n[{title}](mistakes/adam/a.md)\n", short="Home")
    yield Page("mistakes/index.md", "mistakes", front_matter("All") + f"# All\n\n[{title}](adam/a.md)\n")
    yield Page("mistakes/adam/index.md", "mistakes", front_matter("Adam") + "# Adam\n\n## Text\n", "Adam")
    page = f"# {title}\n\n{text}\n\n## Program\n\n{CODE}\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    yield Page("mistakes/adam/a.md", "mistakes", front_matter(title) + page, "Adam", title)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    built = {lang: build(lang, pages(lang), {}, folder / lang) for lang in LANGUAGES}
    built["zh"].rename(built["en"] / "zh")
    return built["en"]


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


def test_no_link_is_dead(site):
    assert faults(site) == []
    assert (site / "zh" / "mistakes" / "adam" / "a.html").is_file()


def test_a_dead_link_ends_the_build(tmp_path):
    with pytest.raises(BuildError, match="page does not exist"):
        build("en", [Page("index.md", "", "# byhand\n\n[b](b.md)\n", short="Home")], {}, tmp_path)


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_it_is_read_and_searched_from_the_disk(site, browser, lang, theme):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    tab, asked, wrong = context.new_page(), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    tab.goto((site / ("zh" if lang == "zh" else ".") / "mistakes" / "adam" / "a.html").as_uri())
    tab.evaluate(AXE.read_text("utf-8"))
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == []
    title, _, words = TEXTS[lang]
    tab.click(".md-search__button")
    tab.keyboard.type(words, delay=50)
    tab.get_by_role("link", name=title).first.wait_for()
    tab.keyboard.press("Escape")
    tab.click(".language")
    other = TEXTS["en" if lang == "zh" else "zh"][0]
    tab.locator("h1", has_text=other).wait_for()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert wrong == []
    context.close()
