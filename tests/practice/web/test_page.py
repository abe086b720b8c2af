"""The page in a browser: exercises, hunts, exams, files, languages, themes, widths, and the keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from byhand.practice.exercises import exercise
from byhand.practice.hunts.drawing import hunt
from byhand.practice.progress import FILE, Progress
from practice.web import programs
from practice.web.tab import run, verdict, write

AXE = Path(__file__).parent / "axe" / "axe.min.js"
NOTEBOOK = Path(__file__).parents[3] / "examples" / "first-try.ipynb"


def violations(tab):
    """What axe-core finds, in words."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE.read_text("utf-8"))
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']} {one['nodes'][0]['failureSummary']}" for one in found]


def test_an_exercise_is_solved(open_tab, server):
    tab = open_tab("#/exercise/sgd")
    expect(tab.locator("h1")).to_have_text("SGD")
    expect(tab.locator(".statement math").first).to_be_visible()
    assert run(tab).inner_text().startswith("·\nNothing written yet")
    write(tab, programs.SGD)
    expect(run(tab)).to_contain_text("Right")
    expect(tab.locator(".banner .next")).to_contain_text("SGD with L2")
    expect(tab.locator("#rail .meter")).to_contain_text("1 of")
    assert Progress(server.home / FILE).done() == {"sgd": {"torch"}}
    tab.locator(".banner .next").click()
    expect(tab.locator("h1")).to_have_text("SGD with L2")


def test_what_the_first_page_needs_is_asked_for_once_and_early(open_tab):
    tab = open_tab("#/exercise/sgd")
    expect(tab.locator("h1")).to_have_text("SGD")
    entries = "performance.getEntriesByType('resource').map((one) => [one.name, one.startTime, one.responseEnd])"
    found = tab.evaluate(entries)
    (early,) = (start for name, start, _ in found if name.endswith("api/overview"))
    assert early < max(end for name, _, end in found if name.endswith(".js"))  # the modules ask only when all are there


def test_a_mistake_is_named_at_its_line(open_tab):
    tab = open_tab("#/exercise/adam")
    write(tab, programs.UNCORRECTED)
    expect(run(tab)).to_contain_text("No bias correction")
    expect(tab.locator(".cm-line").nth(programs.LINE - 1).locator(".cm-lintRange-error")).to_have_count(1)
    expect(tab.locator(".finding h3").first).to_contain_text(f"line {programs.LINE}")
    yours, theirs = (tab.locator(f".finding .numbers .{side} dd").first.inner_text() for side in ("yours", "theirs"))
    assert yours != theirs
    tab.get_by_role("button", name="Hint: the formula's line").click()
    expect(tab.locator(".finding .hint").first).to_contain_text("m_hat")
    tab.locator(".why summary").first.click()
    expect(tab.locator(".explanation").first).to_contain_text("Write instead")
    tab.locator(".line-link").first.click()
    expect(tab.locator(".cm-lineNumbers .cm-activeLineGutter")).to_have_text(str(programs.LINE))
    picture = tab.locator(".picture")
    expect(picture.locator("figcaption")).to_contain_text("They part at step 1")
    picture.get_by_role("slider").fill("3")
    expect(picture.locator("output")).to_contain_text("Step 3")
    assert picture.locator("circle.dot.yours").count() == 4
    tab.get_by_role("button", name="Show me the fix").click()
    expect(tab.locator(".diff .new").first).to_be_visible(timeout=60_000)
    tab.get_by_role("button", name="Put it in").click()
    expect(verdict(tab)).to_contain_text("Right")
    expect(tab.locator(".picture figcaption")).to_contain_text("Both paths are the same")


@pytest.mark.parametrize(
    ("id", "program", "seen"),
    [
        ("cross_entropy/logits", programs.SOFTMAX, ".chart .gap"),
        ("roc_auc", exercise("roc_auc").solution("torch"), ".chart .tie"),
    ],
)
def test_pictures(open_tab, id, program, seen):
    tab = open_tab(f"#/exercise/{id}")
    write(tab, program)
    run(tab)
    expect(tab.locator(seen).first).to_be_visible()
    assert violations(tab) == []


def test_hints_come_one_by_one(open_tab):
    tab = open_tab("#/exercise/adam/l2")
    for n in range(1, 4):
        tab.locator(".more-hints").click()
        expect(tab.locator(".hints li")).to_have_count(n)
    tab.locator(".solution summary").click()
    expect(tab.locator(".solution code")).to_contain_text("class Adam")


def test_a_hunt_is_named_and_mended(open_tab, server):
    tab = open_tab("#/hunt")
    expect(tab.locator(".choice")).to_have_count(4)
    drawn = hunt(tab.url.rpartition("/")[2])
    right = tab.get_by_role("button", name=_title(drawn.page), exact=True)
    tab.locator(".choice").filter(has_not_text=_title(drawn.page)).first.click()
    expect(tab.locator(".four [role=status]")).to_have_text("No, not that one.")
    right.click()
    expect(tab.locator(".four [role=status]")).to_have_text("Yes. Now mend it.")
    assert "Not mended yet" in run(tab).inner_text()
    write(tab, drawn.mended)
    expect(run(tab)).to_contain_text("Found and mended")
    assert drawn.token in Progress(server.home / FILE).solved_hunts()


def _title(page):
    from byhand.judge.diagnosis import clinic

    return clinic.page(page).text("en").title


def test_an_exam_is_taken(open_tab):
    tab = open_tab("#/exam")
    tab.get_by_label("Tasks").fill("2")
    tab.get_by_role("button", name="Begin").click()
    expect(tab.locator(".clock")).to_contain_text("left")
    expect(tab.locator(".paper li")).to_have_count(2)
    tab.locator(".paper a").first.click()
    expect(tab.locator(".work")).to_be_visible()
    name = tab.locator(".file-name").inner_text().removesuffix(".py")
    found = next(one for one in _exercises() if one.name == name)
    expect(tab.locator(".hints")).to_have_count(0)
    write(tab, found.solution("torch"))
    assert "Handed over" in run(tab).inner_text()
    tab.locator(".back").click()
    tab.get_by_role("button", name="Hand in").click()
    expect(tab.locator(".score")).to_contain_text("1 of 2 solved")
    assert violations(tab) == []


def _exercises():
    from byhand.practice.exercises import exercises

    return exercises()


def test_a_notebook_is_dropped(open_tab):
    tab = open_tab("#/exercise/sgd")
    tab.wait_for_selector(".cm-content")
    tab.evaluate(
        """text => {
            const held = new DataTransfer();
            held.items.add(new File([text], "first-try.ipynb"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
        }""",
        NOTEBOOK.read_text("utf-8"),
    )
    expect(tab.locator(".report-head h2")).to_have_text("first-try.ipynb", timeout=90_000)
    expect(tab.locator(".byhand .total")).to_contain_text("mistaken")
    assert violations(tab) == []
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Save the report").click()
    assert saved.value.suggested_filename == "first-try.ipynb.html"
    assert "<html" in Path(saved.value.path()).read_text("utf-8")


@pytest.mark.parametrize(("lang", "theme"), [("en", "light"), ("zh", "dark")])
def test_languages_themes_and_widths(open_tab, lang, theme):
    tab = open_tab("#/list", lang=lang, theme=theme)
    title = {"en": "Exercises", "zh": "练习"}[lang]
    expect(tab.locator("h1")).to_have_text(title)
    assert tab.evaluate("document.documentElement.lang").startswith(lang)
    assert tab.evaluate("document.documentElement.dataset.theme") == theme
    for address in ("#/list", "#/exercise/kl_divergence", "#/hunt", "#/exam", "#/file"):
        tab.evaluate("address => { location.hash = address }", address)
        tab.wait_for_function("document.querySelector('main h1')")
        tab.wait_for_timeout(150)
        assert violations(tab) == []
        for width in (360, 768, 1600):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, address
        tab.set_viewport_size({"width": 1280, "height": 900})


def test_language_and_theme_are_changed_and_kept(open_tab):
    tab = open_tab("#/exercise/sgd")
    write(tab, programs.SGD.replace("p -=", "p +="))
    expect(run(tab)).to_contain_text("Mistaken", ignore_case=True)
    tab.get_by_role("button", name="中文").click()
    expect(tab.locator(".verdict .banner")).to_contain_text("有错")
    tab.get_by_role("button", name="深色主题").click()
    tab.reload()
    expect(tab.get_by_role("button", name="浅色主题")).to_be_visible()
    expect(tab.locator(".run")).to_contain_text("运行")
    assert "p +=" in tab.locator(".cm-content").inner_text()


def test_the_keyboard_alone_suffices(open_tab):
    tab = open_tab("#/exercise/sgd/l2")
    expect(tab.locator(".cm-content")).to_be_focused()
    write(tab, exercise("sgd/l2").solution("torch"))
    tab.keyboard.press("Control+Enter")
    expect(verdict(tab)).to_contain_text("Right")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")
    expect(tab.locator(".cm-content")).not_to_be_focused()
    for _ in range(12):
        if tab.evaluate("document.activeElement.classList.contains('next')"):
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Momentum")
