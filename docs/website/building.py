"""Has Zensical build the pages of one language."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from website import ROOT
from website.pages import Page, navigation
from website.texts import say

HERE = Path(__file__).parent
ICON = ROOT / "src" / "byhand" / "practice" / "web" / "static" / "icon.svg"
ALTERNATE = {"en": ("zh", "中文", "zh/"), "zh": ("en", "English", "../")}
"""By language: the other one, its name, and the way from the top of the one to the top of the other."""
PALETTES = (
    ("", "default", "sun-moon", "to light"),
    ("light", "default", "sun", "to dark"),
    ("dark", "slate", "moon", "to system"),
)
WARNING = "warning"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class BuildError(Exception):
    """What Zensical printed: the first warning ends a build."""


def build(lang: str, pages: Iterable[Page], files: Mapping[str, Path], folder: Path) -> Path:
    """Write pages and files of a language into ``folder``, and build them. The folder with the result.

    Raises:
        BuildError: Zensical warned or failed.
    """
    every = list(pages)
    for page in every:
        write(folder / "docs" / page.path, page.text)
    assets = {f"assets/{file.name}": file for file in (*sorted((HERE / "assets").iterdir()), ICON)}
    for address, file in {**files, **assets}.items():
        (folder / "docs" / address).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / "docs" / address)
    shutil.copytree(HERE / "theme", folder / "theme")
    write(folder / "zensical.toml", config(lang, every))
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", str(folder / "zensical.toml")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    printed = done.stdout + done.stderr
    if done.returncode or WARNING in printed.lower():
        raise BuildError(_COLOURS.sub("", printed).partition("Traceback")[0])
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
