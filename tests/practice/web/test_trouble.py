"""The page in trouble: programs that do not end, processes that do, texts that are too long or hostile."""

import os
import signal

from playwright.sync_api import expect

from practice.web import programs
from practice.web.tab import run, verdict, write


def right(tab):
    """The page still judges."""
    write(tab, programs.SGD)
    expect(run(tab)).to_contain_text("Right")


def test_a_draft_survives(open_tab):
    tab = open_tab("#/exercise/sgd")
    write(tab, "# mine\n")
    expect(tab.locator(".draft-status")).to_have_text("Draft kept")
    tab.reload()
    expect(tab.locator(".cm-content")).to_have_text("# mine")
    other = open_tab("#/exercise/sgd", context=tab.context)
    expect(other.locator(".cm-content")).to_have_text("# mine")
    write(other, "# of the second tab\n")
    expect(tab.locator(".cm-content")).to_have_text("# of the second tab")
    expect(other.locator(".draft-status")).to_have_text("Draft kept")
    fresh = open_tab("#/exercise/sgd")  # another browser, so to speak: the server has it too
    expect(fresh.locator(".cm-content")).to_have_text("# of the second tab")
    fresh.get_by_role("button", name="Start over").click()
    expect(fresh.locator(".cm-content")).to_contain_text("your code")


def test_programs_that_do_not_end_or_take_everything(open_tab):
    tab = open_tab("#/exercise/sgd")
    write(tab, programs.HUGE)
    expect(run(tab)).to_contain_text("stop", ignore_case=True)
    write(tab, programs.ENDLESS)
    expect(run(tab)).to_contain_text("stop", ignore_case=True)
    write(tab, programs.LONG)
    tab.get_by_role("button", name="Run").click()
    tab.get_by_role("button", name="Stop").click()
    expect(verdict(tab)).to_contain_text("Your text is kept")
    assert "SGD_4" in tab.locator(".cm-content").inner_text()
    right(tab)


def test_a_killed_worker_is_replaced(open_tab, server):
    tab = open_tab("#/exercise/sgd")
    write(tab, programs.LONG)
    tab.get_by_role("button", name="Run").click()
    tab.wait_for_timeout(3000)
    for pid in server.workers():
        os.kill(pid, signal.SIGKILL)
    expect(verdict(tab)).to_contain_text("ended unexpectedly")
    right(tab)


def test_a_killed_server_leaves_the_draft(open_tab, server):
    tab = open_tab("#/exercise/momentum", lost=True)
    expect(tab.locator(".cm-content")).to_contain_text("your code")
    server.stop(signal.SIGKILL)
    write(tab, "# without a server\n")
    expect(tab.locator("#notice")).to_contain_text("byhand practice --web")
    expect(tab.locator(".draft-status")).to_have_text("Draft kept in this browser")
    assert "Your text is kept" in run(tab).inner_text()
    before = server.url
    server.start()
    assert server.url == before  # so that the tab goes on
    expect(tab.locator("#notice .back")).to_be_visible()
    expect(tab.locator(".draft-status")).to_have_text("Draft kept")
    fresh = open_tab("#/exercise/momentum")
    expect(fresh.locator(".cm-content")).to_have_text("# without a server")


def test_ten_megabytes(open_tab):
    tab = open_tab("#/exercise/sgd")
    paste = """n => {
        const held = new DataTransfer();
        held.setData("text/plain", "# 0123456789\\n".repeat(n));
        const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
        document.querySelector(".cm-content").dispatchEvent(event);
    }"""
    tab.wait_for_selector(".cm-content")
    tab.evaluate(paste, 800_000)
    expect(tab.locator(".verdict")).to_contain_text("too long to edit")
    assert "too long" in run(tab).inner_text()
    tab.evaluate("location.hash = '#/file'")
    tab.locator("#file").set_input_files({"name": "long.py", "mimeType": "", "buffer": b"# 0123456789\n" * 800_000})
    expect(tab.locator(".report .banner.bad")).to_contain_text("long.py", timeout=60_000)


def test_markup_stays_text(open_tab):
    tab = open_tab("#/exercise/sgd")
    write(tab, programs.RAISING)
    run(tab)
    expect(tab.locator(".verdict")).to_contain_text("<script>alert(1)</script>")
    tab.evaluate("location.hash = '#/file'")
    hostile = "<img src=x onerror=alert(1)>.py"
    source = (
        "def adam_<b>(x): pass\n\n# <script>alert(2)</script>\ndef kl_div(p, q):\n    raise ValueError('<script>')\n"
    )
    tab.locator("#file").set_input_files({"name": hostile, "mimeType": "", "buffer": source.encode()})
    expect(tab.locator(".report-head h2")).to_have_text(hostile, timeout=60_000)
    expect(tab.locator(".report-body")).to_contain_text("<script>")
    assert tab.locator("main script, main img").count() == 0
