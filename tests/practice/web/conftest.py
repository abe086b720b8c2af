"""One server and one browser for all tests of the page. Each test has its own tabs, without anything stored."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest

from byhand.practice.progress import FILE
from chromium import launched

START = (
    "from byhand.practice.web.serve import serve; serve('en', lambda url: print(url, flush=True), opens=False, port={})"
)


class Server:
    """The page's server in a process of its own, with its own home."""

    def __init__(self, home):
        self.home, self.url, self.port = home, "", 0
        self.process = None

    def start(self):
        environment = {**os.environ, "BYHAND_HOME": str(self.home)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(self.port)], stdout=subprocess.PIPE, text=True, env=environment
        )
        guard = threading.Timer(60, self.process.kill)
        guard.start()
        self.url = self.process.stdout.readline().strip()
        guard.cancel()
        assert self.url, "the server has not started"
        self.port = int(self.url.split(":")[2].partition("/")[0])
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)
        self.process.stdout.close()

    def workers(self):
        """The processes in which it judges."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]


@pytest.fixture(scope="session")
def _server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("home")).start()
    yield running
    running.stop()


def _forget(path):
    if path.exists():
        file = sqlite3.connect(path, timeout=10)
        for table in ("attempts", "drafts", "hunts", "mistakes", "settings"):
            file.execute(f"DELETE FROM {table}")
        file.commit()
        file.close()


@pytest.fixture
def server(_server):
    """The server, which knows nothing of earlier tests; started again if one has left it dead."""
    _forget(_server.home / FILE)
    if _server.process.poll() is not None:
        _server.start()
    return _server


@pytest.fixture(scope="module")  # not longer: Playwright keeps an event loop running, which other tests may need
def browser():
    with launched() as found:
        from playwright.sync_api import expect

        expect.set_options(timeout=30_000)
        yield found


@pytest.fixture
def open_tab(server, browser):
    """Opens tabs of one browser; whatever goes wrong in their scripts, or is refused by the policy, fails the test."""
    wrong = []
    contexts = []

    def open_tab(
        address="", *, context=None, lang="en", theme="light", width=1280, height=900, touch=False, lost=False
    ):
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, has_touch=touch
            )
            context.set_default_timeout(30_000)
            context.add_init_script(
                f"localStorage.getItem('byhand.set.lang') ?? localStorage.setItem('byhand.set.lang', '\"{lang}\"')"
            )
            contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
        if not lost:  # without a server, each try to reach it is an error
            tab.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        tab.goto(server.url + address)
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert wrong == []
