"""A formula in LaTeX, or in plain text with Greek letters and raised digits, as tokens of one kind."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

__all__ = ["LETTERS", "Token", "tokens"]


@dataclass(frozen=True)
class Token:
    """A piece of a formula; ``start`` and ``end`` are its places in the text."""

    kind: Literal["name", "number", "sign", "command", "text"]
    """A "text" is that of a ``\\text{…}``, or Chinese."""
    text: str
    start: int
    end: int


@cache
def _vocabulary() -> dict[str, Any]:
    return tomllib.loads(files("byhand.judge.prose").joinpath("vocabulary.toml").read_text("utf-8"))


_GREEK: dict[str, str] = _vocabulary()["letters"]
LETTERS = frozenset(_GREEK.values())
"""Names that LaTeX writes as commands and that mean a letter."""
_VARIANTS: dict[str, str] = _vocabulary()["variants"]
_SIGNS = {character: sign for sign, characters in _vocabulary()["signs"].items() for character in characters}
_CHARACTERS: dict[str, str] = _vocabulary()["commands"]
_LATEX: dict[str, tuple[Literal["sign", "command"], str]] = {
    **{name: ("sign", sign) for sign, names in _vocabulary()["latex"]["signs"].items() for name in names},
    **{name: ("command", same) for same, names in _vocabulary()["latex"]["commands"].items() for name in names},
}
_SKIPPED = frozenset((*_vocabulary()["latex"]["skipped"], *_vocabulary()["latex"]["transparent"], " "))
_WORDS, _WHOLE = (frozenset(_vocabulary()["names"][key]) for key in ("words", "whole"))
_NUMBERED = ("log2", "log10", "log1p")
_PAIRS = {
    "<-": "<-",
    ":=": "<-",
    "**": "^",
    "||": "||",
    "+=": "+=",
    "-=": "-=",
    "<=": "~",
    ">=": "~",
    "==": "=",
    "=>": "~",
    "->": "~",
}
"""Signs of two characters."""
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar"}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵗⁱⁿᵏᵀ", "0123456789+-()tinkT", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₜᵢₙⱼₖₚₓ", "0123456789+-()tinjkpx", strict=True))
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][-−+]?\d+)?|\.\d+")
_LATIN = re.compile(r"[A-Za-z]+")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z][A-Za-z0-9]*|_\d+(?![\w{]))*")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_COMMAND = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL)
_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit|mbox|textnormal|mathrm|operatorname\*?|textsf)\s*\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(\w+)\*?\}(?:\{[lcr| ]*\})?(?:\[\w\])?")
_IGNORED = re.compile(
    r"\\[{}]\s*(?=\\(?:begin|end|right\s*\.))|\\right\s*\."
    r"|\\(?:tag|label|hspace|vspace|color|phantom|hphantom)\*?\s*\{[^{}]*\}"
)
_TIME = re.compile(r"([A-Za-z])_([tik])([-−+]1)(?![\w.])")
"""A time index without braces in plain text: m_t-1."""


def tokens(text: str, tex: bool, offset: int = 0) -> list[Token]:
    r"""The tokens of a formula, their places counted from ``offset``; what has no meaning is left out.

    A token begins with the commands right before it: ``\mathbf{v}`` begins with its backslash.
    """
    found, before = [], -1
    for token in _tokens(text, tex):
        if token.text:
            start = before if before >= 0 else token.start
            found.append(replace(token, start=start + offset, end=token.end + offset))
            before = -1
        elif before < 0 and text.startswith("\\", token.start) and not text.startswith("\\begin", token.start):
            before = token.start
        elif not text[token.start : token.end].strip():
            before = -1
    return found


def _tokens(text: str, tex: bool) -> Iterator[Token]:
    """All tokens; those without a meaning have an empty text."""
    at = 0
    while at < len(text):
        found = [_latex(text, at)] if text[at] == "\\" else _letters(text, at, tex) or [_sign(text, at)]
        yield from found
        at = found[-1].end


def _latex(text: str, at: int) -> Token:
    """The token of a LaTeX command."""
    if match := _ENVIRONMENT.match(text, at):
        piecewise = match[2] == "cases" or match[2].endswith("matrix")
        return Token("sign", f"{match[1]} piecewise" if piecewise else "", at, match.end())
    if match := _IGNORED.match(text, at):
        return Token("sign", "", at, match.end())
    if match := _TEXT.match(text, at):
        return Token("text", match[1].strip(), at, match.end())
    match = _COMMAND.match(text, at)
    if match is None:  # a backslash at the end
        return Token("sign", "", at, at + 1)
    name = _VARIANTS.get(match[1], match[1])
    if name in LETTERS and name not in ("Delta", "Pi"):
        return Token("name", name, at, match.end())
    if name in _SKIPPED or name.isspace():
        return Token("sign", "", at, match.end())
    return Token(*_LATEX.get(name, ("command", name)), at, match.end())


def _letters(text: str, at: int, tex: bool) -> list[Token]:
    """A name or a number, with its accents and its raised or lowered characters; [] if there is none."""
    if match := _NUMBER.match(text, at):
        return [Token("number", match[0].replace("−", "-"), at, match.end())]
    if not tex and (match := _TIME.match(text, at)):
        index = match[2] + match[3].replace("−", "-")
        return [Token("name", match[1], at, at + 1), *_script("_", index, at + 1, match.end())]
    if match := _HAN.match(text, at):
        return [Token("text", match[0], at, match.end())]
    if text[at] in _RAISED or text[at] in _LOWERED:
        return _raised(text, at)
    letter, *marks = list(unicodedata.normalize("NFD", text[at]))
    if not (letter.isascii() and letter.isalpha()) and letter not in _GREEK:
        return []
    name, end = (_GREEK.get(letter, letter), at + 1) if marks or letter in _GREEK else _name(text, at, tex)
    while end < len(text) and text[end] in _ACCENTS:
        marks.append(text[end])
        end += 1
    accents = [Token("command", _ACCENTS.get(mark, "vec"), at, at) for mark in marks]
    return [*accents, *([Token("name", name, at, end)] if tex else _plain(name, at, end))]


def _name(text: str, at: int, tex: bool) -> tuple[str, int]:
    """A name of Latin letters, and its end."""
    match = (_LATIN if tex else _PLAIN_NAME).match(text, at)
    assert match is not None
    if tex and match[0] not in _WORDS:
        return text[at], at + 1
    if text[match.end() : match.end() + 1] in _ACCENTS and len(match[0]) > 1:  # ab̂ is a · b̂
        return match[0][:-1], match.end() - 1
    return match[0], match.end()


def _plain(name: str, at: int, end: int) -> list[Token]:
    """The tokens of a name in plain text: ``m_hat`` is an m with a hat, ``beta1`` a beta with a lowered 1."""
    if name in _WHOLE:
        return [Token("name", name, at, end)]
    base, *rest = name.split("_")
    digits = re.search(r"(?<=[a-z])\d+$", base) if base not in _NUMBERED else None
    if digits:
        base, rest = base[: digits.start()], [digits[0], *rest]
    accents = [Token("command", "hat", at, at)] if "hat" in rest else []
    below = ",".join(part for part in rest if part != "hat")
    return [*accents, Token("name", base, at, end), *(_script("_", below, end, end) if below else [])]


def _raised(text: str, at: int) -> list[Token]:
    """Raised or lowered characters as a script in braces."""
    table, sign = (_RAISED, "^") if text[at] in _RAISED else (_LOWERED, "_")
    end = at
    while end < len(text) and text[end] in table:
        end += 1
    return _script(sign, "".join(table[character] for character in text[at:end]), at, end)


def _script(sign: str, content: str, start: int, end: int) -> list[Token]:
    inner = [Token("number" if c.isdigit() else "name" if c.isalpha() else "sign", c, start, end) for c in content]
    return [Token("sign", sign, start, end), Token("sign", "{", start, end), *inner, Token("sign", "}", start, end)]


def _sign(text: str, at: int) -> Token:
    two, one = text[at : at + 2], text[at]
    if one in _CHARACTERS:
        return Token("command", _CHARACTERS[one], at, at + 1)
    if two in _PAIRS:
        return Token("sign", _PAIRS[two], at, at + 2)
    if one.isspace() or one in "&~$`\u200b":
        return Token("sign", "", at, at + 1)
    return Token("sign", _SIGNS.get(one, one), at, at + 1)
