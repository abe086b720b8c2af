"""Builds the site: ``PYTHONPATH=docs python -m website``. Needs no network; fails on a warning or a dead link."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from website.learners import Learner, learners, shown_by_learners
from website.links import faults
from website.pages import ROOT, Page, Site, navigation
from website.texts import LANGUAGES, say

HERE = Path(__file__).parent
ICON = ROOT / "src" / "byhand" / "practice" / "web" / "static" / "icon.svg"
BUILD, OUT = ROOT / "build" / "website", ROOT / "site"
ALTERNATE = {"en": ("zh", "中文", "zh/"), "zh": ("en", "English", "../")}
"""By language: the other one, its name, and the way from the top of the one to the top of the other."""
PALETTES = (
    ("", "default", "sun-moon", "to light"),
    ("light", "default", "sun", "to dark"),
    ("dark", "slate", "moon", "to system"),
)
WARNING = "warning"


def main() -> None:
    """Build both languages, check them, and put them in place of the site that was there."""
    shutil.rmtree(BUILD, ignore_errors=True)
    found = learners(shown_by_learners())
    built = {lang: build(lang, found) for lang in LANGUAGES}
    site = built["en"]
    built["zh"].rename(site / "zh")
    if lines := faults(site):
        sys.exit("\n".join([*lines, f"{len(lines)} links of the site are wrong."]))
    shutil.rmtree(OUT, ignore_errors=True)
    site.rename(OUT)
    pages = sum(1 for _ in OUT.rglob("*.html"))
    print(f"{pages} pages; open {(OUT / 'index.html').relative_to(ROOT)}, or zh/index.html for Chinese.")


def build(lang: str, found: Mapping[str, Learner]) -> Path:
    """Write the pages of a language and have Zensical build them; a warning ends it. The folder with the result."""
    folder = BUILD / lang
    site = Site(lang, found)
    pages = list(site.pages())
    for page in pages:
        write(folder / "docs" / page.path, page.text)
    for address, file in site.files.items():
        copy(file, folder / "docs" / address)
    for file in (HERE / "assets").iterdir():
        copy(file, folder / "docs" / "assets" / file.name)
    copy(ICON, folder / "docs" / "assets" / ICON.name)
    shutil.copytree(HERE / "theme", folder / "theme")
    write(folder / "zensical.toml", config(lang, pages))
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", str(folder / "zensical.toml")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    printed = done.stdout + done.stderr
    if done.returncode or WARNING in printed.lower():
        sys.exit(printed)
    return folder / "site"


def config(lang: str, pages: list[Page]) -> str:
    """Zensical's configuration: what both languages share, and what is of this one."""
    other, name, root = ALTERNATE[lang]
    palettes = [
        {
            "media": f"(prefers-color-scheme{f': {mode}' if mode else ''})",
            "scheme": scheme,
            "toggle": {"icon": f"lucide/{icon}", "name": say(label, lang)},
        }
        for mode, scheme, icon, label in PALETTES
    ]
    with (HERE / "zensical.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    project |= {"site_description": say("tagline", lang), "nav": navigation(pages, lang)}
    project["theme"] |= {"language": lang, "custom_dir": "theme", "palette": palettes}
    project["extra"]["alternate"] = True  # a list would make the pages look for a sitemap of each language
    project["extra"]["other"] = {"name": name, "lang": other, "root": root}
    return "\n".join(["[project]", *(f"{key} = {toml(value)}" for key, value in project.items()), ""])


def toml(value: object) -> str:
    """A value as TOML on one line."""
    match value:
        case dict():
            return f"{{ {', '.join(f'{toml(key)} = {toml(one)}' for key, one in value.items())} }}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def write(file: Path, text: str) -> None:
    """Write a text, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def copy(file: Path, to: Path) -> None:
    """Copy a file, with its folder."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


if __name__ == "__main__":
    main()
