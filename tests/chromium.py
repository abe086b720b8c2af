"""The system's Chromium, which the tests of the page need."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "The browser tests of the page did not run: there is no Chromium. To get it: apt-get install chromium, or"
    " brew install --cask chromium; BYHAND_CHROMIUM may name another place."
)


def chromium():
    """Its path; None if there is none."""
    named = os.environ.get("BYHAND_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)
