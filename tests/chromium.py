"""The system's Chromium, which the tests of the page need."""

import os
import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "The browser tests of the page did not run: there is no Chromium. To get it: apt-get install chromium, or"
    " brew install --cask chromium; BYHAND_CHROMIUM may name another place."
)


def chromium():
    """Its path; None if there is none."""
    named = os.environ.get("BYHAND_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched():
    """A browser; without one the test is skipped, and in CI it fails."""
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
