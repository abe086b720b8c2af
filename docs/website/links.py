"""The links of a built site: each leads to a page and an anchor that exist, and nothing is loaded from elsewhere."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
"""Elements that load what their attribute says."""
LOADING_LINKS = ("stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest")


@dataclass
class Found(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and the anchor of an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and "href" in given:
            loads = any(word in given.get("rel", "").split() for word in LOADING_LINKS)
            (self.loads if loads else self.links).append(given["href"])
        elif tag in LOADED and given.get(LOADED[tag]):
            self.loads.append(given[LOADED[tag]])

    handle_startendtag = handle_starttag


def faults(site: Path) -> list[str]:
    """One line for each link that leads nowhere, and each thing that would be loaded from elsewhere."""
    pages = {file.relative_to(site).as_posix(): _read(file) for file in sorted(site.rglob("*.html"))}
    lines = []
    for name, found in pages.items():
        lines += [f"{name}: loads {address}" for address in found.loads if _is_elsewhere(address)]
        for address in (*found.links, *found.loads):
            if not _is_elsewhere(address) and (fault := _fault(site, pages, name, address)):
                lines.append(f"{name}: {fault}")
    return lines


def _read(file: Path) -> Found:
    found = Found()
    found.feed(file.read_text("utf-8"))
    return found


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.scheme or parts.netloc) and parts.scheme not in ("data",)


def _fault(site: Path, pages: dict[str, Found], name: str, address: str) -> str:
    """What is wrong with a link; "" if it leads somewhere."""
    parts = urlsplit(address)
    if parts.scheme == "data":
        return ""
    if parts.path.startswith("/"):
        return f"{address} is absolute"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
    if (site / target).is_dir():
        target = posixpath.normpath(posixpath.join(target, "index.html"))
    if not (site / target).is_file():
        return f"{address} leads nowhere"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
        return f"{address} has no such anchor"
    return ""
