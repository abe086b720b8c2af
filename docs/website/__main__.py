"""Builds the site: ``PYTHONPATH=docs python -m website``. Needs no network; fails on a warning or a dead link."""

from __future__ import annotations

import shutil
import sys

from website import ROOT
from website.building import BuildError, build
from website.learners import learners, shown_by_learners
from website.links import faults
from website.pages import Site
from website.texts import LANGUAGES

BUILD, OUT = ROOT / "build" / "website", ROOT / "site"


def main() -> None:
    """Build both languages, check them, and put them in place of the site that was there."""
    shutil.rmtree(BUILD, ignore_errors=True)
    found = learners(shown_by_learners())
    for lang in LANGUAGES:
        site = Site(lang, found)
        pages = list(site.pages())  # which finds the files that they show
        try:
            build(lang, pages, site.files, BUILD / lang)
        except BuildError as error:
            sys.exit(str(error))
    built = BUILD / "en" / "site"
    (BUILD / "zh" / "site").rename(built / "zh")
    if lines := faults(built):
        sys.exit("\n".join([*lines, f"{len(lines)} links of the site are wrong."]))
    shutil.rmtree(OUT, ignore_errors=True)
    built.rename(OUT)
    count = sum(1 for _ in OUT.rglob("*.html"))
    print(f"{count} pages; open {OUT.name}/index.html, or {OUT.name}/zh/index.html for Chinese.")


if __name__ == "__main__":
    main()
