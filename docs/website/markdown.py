"""A page that reads well in the repository, as a page of the site.

The repository's pages are GitHub's Markdown. The site's is that of Python-Markdown, which wants list items indented by
four columns and a blank line before a list. Links to files of the repository become links to the pages made of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

Rewrite = Callable[[str, str, str], str]
"""From "!" or "", the text and the target of a link or picture to what stands in the site's page."""

_FENCE = re.compile(r" *(`{3,}|~{3,})")
_ITEM = re.compile(r"( *)([-*+]|\d+\.)( +)(?=\S)")
_PICTURE = re.compile(r"(!)\[([^\]]*)\]\(([^)\s]+)\)")
_LINK = re.compile(r"(?<![!\\])()\[((?:!\[[^\]]*\]\([^)]*\)|`[^`]*`|[^\[\]])*)\]\(([^)\s]+)\)")
_WIDE, _CLOSED = "\u2e80-\u9fff\uff00-\uffef“”", "，。；：、！？）》”"
_BREAK = re.compile(rf"(?:(?<=[{_WIDE}])\n *(?=[{_WIDE}])|(?<=[{_CLOSED}])\n *)(?=\S)(?![-*+#>] |\|)")
_PIPE_IN_CODE = re.compile(r"`[^`\n]*\\\|[^`\n]*`")


def relinked(text: str, rewrite: Rewrite) -> str:
    """The page with every link and picture outside of code given to ``rewrite``."""

    def each(part: str) -> str:
        for pattern in (_PICTURE, _LINK):
            part = pattern.sub(lambda match: rewrite(match[1], match[2], match[3]), part)
        return part

    return "\n".join(part if is_code else each(part) for is_code, part in _parts(text))


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The runs of lines that are code, fenced or indented, and those that are not."""
    run: list[str] = []
    was_code, fence, blank, in_list = False, "", True, False
    for line in text.split("\n"):
        opens = _FENCE.match(line)
        in_list = bool(_ITEM.match(line)) or (in_list and (not line.strip() or line.startswith("  ")))
        code = bool(fence) or bool(opens) or (line.startswith("    ") and not in_list and (blank or was_code))
        if opens and not fence:
            fence = opens[1]
        elif fence and line.strip() == fence:
            fence = ""
        if code != was_code and run:
            yield was_code, "\n".join(run)
            run = []
        was_code, blank = code, not line.strip()
        run.append(line)
    yield was_code, "\n".join(run)


def joined(text: str) -> str:
    """The page without line breaks inside of Chinese, each of which would be shown as a space."""
    parts = _parts(text)
    return "\n".join(part if is_code else _BREAK.sub("", part) for is_code, part in parts)


def reflowed(text: str) -> str:
    """The page with its lists as Python-Markdown reads them."""
    return _PIPE_IN_CODE.sub(lambda match: match[0].replace("\\|", "|"), "\n".join(_lines(text)))


def _lines(text: str) -> Iterator[str]:
    inside: list[int] = []  # the columns at which the texts of the open items begin
    fence, blank, listed = "", True, False
    for line in text.split("\n"):
        if not line.strip():
            blank = True
            yield ""
            continue
        indent = len(line) - len(line.lstrip())
        opens, item = _FENCE.match(line), None if fence else _ITEM.match(line)
        while not fence and inside and indent < inside[-1] and (blank or item):
            inside.pop()
        if item and indent - (inside[-1] if inside else 0) < 4:
            if not (blank or listed):
                yield ""
            yield " " * 4 * len(inside) + item[2] + " " + line[item.end() :]
            inside.append(item.end())
        else:
            yield " " * 4 * len(inside) + line[min(indent, inside[-1] if inside else 0) :]
        if opens:
            fence = "" if fence == opens[1] else fence or opens[1]
        blank, listed = False, bool(inside)


def relative(target: str, page: str) -> str:
    """The address of a page or file of the site as seen from a page."""
    path, mark, anchor = target.partition("#")
    return posixpath.relpath(path, posixpath.dirname(page) or ".") + mark + anchor


def front_matter(title: str, **more: str | list[str]) -> str:
    """What stands above a page: its title, and options of the theme."""
    lines = [f'title: "{_quoted(title)}"']
    for key, value in more.items():
        if isinstance(value, list):
            lines += [f"{key}:", *(f"  - {one}" for one in value)]
        else:
            lines.append(f'{key}: "{_quoted(value)}"')
    return "\n".join(["---", *lines, "---", "", ""])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def fenced(code: str, language: str = "python", marked: str = "", title: str = "") -> str:
    """A block of code; ``marked`` says which lines stand out, as in "2-3 7"."""
    options = f' title="{title}"' if title else ""
    options += f' hl_lines="{marked}"' if marked else ""
    return f"```{{.{language}{options}}}\n{code}\n```" if options else f"```{language}\n{code}\n```"
