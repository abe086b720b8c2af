"""The library reference, from the public docstrings: one page for each package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import griffe

from website import ROOT
from website.markdown import fenced, front_matter, relative
from website.texts import say

SOURCE = ROOT / "src"
PACKAGES = {
    "byhand": ("check", "backend"),
    "byhand.losses": (),
    "byhand.optim": (),
    "byhand.metrics": (),
    "byhand.evaluate": (),
}
"""Packages, and what is public in them: their ``__all__`` if nothing is said."""
MOVED = {"check": "byhand.judge.live.check", "backend": "byhand.kernels.backend"}
"""Where the names of ``byhand`` itself, which are imported when they are used, are defined."""
WIDTH = 88
_ROLE = re.compile(r":(?:func|class|meth|mod|attr|data|exc):`~?([^`]+)`")
_DOCTEST = re.compile(r"^>>> ", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A public function or class."""

    package: str
    name: str
    target: griffe.Object

    @property
    def address(self) -> str:
        """Its place in the site."""
        return f"{page_of(self.package)}#{self.name.lower()}"


def page_of(package: str) -> str:
    """The page of a package."""
    return f"reference/{package.rpartition('.')[2]}.md"


@cache
def _package() -> griffe.Object:
    options = griffe.GoogleOptions(warnings=False)
    loaded = griffe.load("byhand", search_paths=[SOURCE], docstring_parser="google", docstring_options=options)
    assert isinstance(loaded, griffe.Object)
    return loaded


def _module(package: str) -> griffe.Object:
    name = package.partition(".")[2]
    found: griffe.Object = _package()[name] if name else _package()
    return found


@cache
def entries() -> tuple[Entry, ...]:
    """Everything that is public, in the order of the pages."""
    found = []
    for package, names in PACKAGES.items():
        module = _module(package)
        for name in names or sorted(str(one) for one in module.exports or ()):
            path = MOVED.get(name, "") if package == "byhand" else ""
            one = _package()[path.removeprefix("byhand.")] if path else module[name]
            if (target := _target(one)) is not None:
                found.append(Entry(package, name, target))
    return tuple(found)


def linked(text: str, page: str) -> str:
    """The text with its roles, such as a function's, as links if they have an entry, else as code."""

    def code(match: re.Match[str]) -> str:
        path = match[1]
        short = path.removeprefix("byhand.") if path.startswith("byhand.") else path
        for one in entries():
            is_near = path == one.name and one.address.startswith(page)
            if is_near or path in (one.target.path, f"{one.package}.{one.name}"):
                return f"[`{short}`]({relative(one.address, page)})"
        return f"`{short}`"

    return _ROLE.sub(code, text)


def page(package: str, lang: str) -> str:
    """The page of a package."""
    where = page_of(package)
    module = _module(package)
    parts = [front_matter(package), f"# `{package}`"]
    parts += [say("reference intro", lang)] if lang == "zh" else []
    if module.docstring:
        parts += _prose(module.docstring.value, where)
    for one in entries():
        if one.package == package:
            parts += _entry(one, where, lang)
    return "\n\n".join(parts) + "\n"


def index(lang: str) -> str:
    """All names with their first lines."""
    parts = [
        front_matter(say("reference title", lang)),
        f"# {say('reference title', lang)}",
        say("reference intro", lang),
    ]
    for package in PACKAGES:
        rows = [f"| {say('name', lang)} | {say('what it is', lang)} |", "|---|---|"]
        for one in entries():
            if one.package == package:
                first = one.target.docstring.value.split("\n\n")[0] if one.target.docstring else ""
                line = linked(" ".join(first.split()), "reference/index.md").replace("|", "\\|")
                rows.append(f"| [`{one.name}`]({relative(one.address, 'reference/index.md')}) | {line} |")
        parts += [f"## [`{package}`]({relative(page_of(package), 'reference/index.md')})", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def _entry(one: Entry, where: str, lang: str) -> Iterator[str]:
    """A function or class: how it is called and its docstring; of a class, its methods too."""
    yield f"## `{one.name}` {{ #{one.name.lower()} }}"
    target = one.target
    called = _target(target.all_members.get("__init__")) if isinstance(target, griffe.Class) else target
    if isinstance(called, griffe.Function):
        yield fenced(_signature(called, one.name))
    yield from _docstring(target, where, lang)
    for method in _methods(target) if isinstance(target, griffe.Class) else ():
        yield f"### `{method.name}` {{ #{one.name.lower()}-{method.name.lower()} }}"
        if isinstance(method, griffe.Function):
            yield fenced(_signature(method, method.name))
        yield from _docstring(method, where, lang)


def _target(member: griffe.Object | griffe.Alias | None) -> griffe.Object | None:
    """What a member is, wherever it is defined."""
    return member.final_target if isinstance(member, griffe.Alias) else member


def _methods(one: griffe.Class) -> Iterator[griffe.Object]:
    """Public methods and properties with a docstring, own and inherited from byhand."""
    for name, member in one.all_members.items():
        target = None if name.startswith("_") else _target(member)
        if target and target.docstring and (target.is_function or target.has_labels("property")):
            yield target


def _signature(function: griffe.Function, name: str) -> str:
    """The call with its arguments, on a line or one to a line."""
    arguments, star = [], False
    for one in function.parameters:
        if one.name in ("self", "cls"):
            continue
        kind = one.kind.value if one.kind else ""
        star = star or kind == "variadic positional"
        if kind == "keyword-only" and not star:
            arguments.append("*")
            star = True
        mark = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        text = f"{mark}{one.name}" + (f": {one.annotation}" if one.annotation else "")
        if one.default is not None and not mark:
            text += f" = {one.default}" if one.annotation else f"={one.default}"
        arguments.append(text)
    returned = f" -> {function.returns}" if function.returns and function.name != "__init__" else ""
    line = f"{name}({', '.join(arguments)}){returned}"
    return (
        line if len(line) <= WIDTH else "\n".join([f"{name}(", *(f"    {one}," for one in arguments), f"){returned}"])
    )


def _docstring(one: griffe.Object, where: str, lang: str) -> Iterator[str]:
    """The sections of a docstring."""
    if one.docstring is None:
        return
    for section in one.docstring.parsed:
        kind = section.kind.value
        if kind == "text":
            yield from _prose(section.value, where)
        elif kind in ("parameters", "attributes", "raises", "returns", "yields"):
            yield f"**{say(kind.capitalize(), lang)}**"
            yield "\n".join(_item(kind, item, where) for item in section.value)
        elif kind == "examples":
            yield from (fenced(text, "pycon") for _, text in section.value)


def _item(kind: str, item: griffe.DocstringElement, where: str) -> str:
    """An argument, an exception or a result, as an item of a list."""
    shown = item.annotation if kind == "raises" else getattr(item, "name", "")
    name = f"`{shown}`" if shown else ""
    text = linked(" ".join(item.description.split()), where)
    return f"- {name}: {text}" if name else f"- {text}"


def _prose(text: str, where: str) -> Iterator[str]:
    """Paragraphs; indented ones are formulas or code, those that begin with >>> are sessions."""
    for block in text.strip().split("\n\n"):
        if _DOCTEST.match(block):
            yield fenced(block, "pycon")
        elif all(line.startswith("    ") for line in block.split("\n")):
            yield fenced("\n".join(line[4:] for line in block.split("\n")), "text")
        else:
            yield linked(block, where)
