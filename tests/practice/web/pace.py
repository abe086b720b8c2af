"""How fast the page is: ``PYTHONPATH=tests python -m practice.web.pace``, on a machine that does nothing else.

From the start of the server to a page that can be used, and from Ctrl+Enter to the verdict with a warm sandbox.
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from chromium import chromium
from practice.web import programs
from practice.web.conftest import Server
from practice.web.tab import run, write

STARTS, RUNS = 5, 10


def started(browser, home):
    """Seconds until the editor of the first page can be written in; the server and the tab."""
    tab = browser.new_page()
    begin = time.perf_counter()
    server = Server(home).start()
    listening = time.perf_counter() - begin
    tab.goto(server.url)
    tab.wait_for_selector(".cm-content")
    return listening, time.perf_counter() - begin, server, tab


def judged(tab, program):
    """Seconds from Ctrl+Enter to the verdict, each of a program that was not judged before."""
    seconds = []
    for n in range(RUNS):
        write(tab, program.replace(":\n    ", f":  # {n}\n    ", 1))
        tab.wait_for_timeout(1500)
        begin = time.perf_counter()
        run(tab)
        seconds.append(time.perf_counter() - begin)
    return seconds


def main():
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for n in range(STARTS):
            listening, usable, server, tab = started(browser, Path(folder))
            print(f"start {n}: listening after {listening:.2f} s, usable after {usable:.2f} s")
            if n < STARTS - 1:
                server.stop()
        for id, program in (("adam", programs.UNCORRECTED), ("cross_entropy/logits", programs.SOFTMAX)):
            tab.goto(f"{server.url}#/exercise/{id}")
            tab.wait_for_timeout(3000)
            first, *warm = judged(tab, program)
            print(f"{id}: first {first:.2f} s; warm: median {median(warm):.2f} s, longest {max(warm):.2f} s")
        server.stop()
        browser.close()


if __name__ == "__main__":
    main()
