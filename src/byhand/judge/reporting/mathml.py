"""The formulas as MathML, made from the lines that their docstrings have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape

from byhand.judge.diagnosis import clinic

GAP = re.compile(r"\s{3,}")
"""What separates a formula from a comment, or from a second formula, in the same line."""
_SCRIPTS = {
    **{c: ("msub", s) for c, s in zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼ₊₋", "0123456789ij+−", strict=True)},
    **{c: ("msup", s) for c, s in zip("²³ᵗ", "23t", strict=True)},
}
_TOKEN = re.compile(
    r"\s*(?:(?P<word>(?:[A-Za-zα-ωΑ-Ω]\u0302?)+)(?P<under>_[a-z])?|(?P<number>\d+|[½∞])|(?P<other>\S))(?P<script>[₀-₉ᵢⱼ₊₋²³ᵗ]*)"
)
FUNCTIONS = ("log", "exp", "max", "kl", "KL", "AUC", "lr", "H", "P")
"""Words of a formula with more than one letter, and names of functions."""
WORDS = ("and", "or")


@cache
def formula(task: str) -> str:
    """The formulas of a task, one below the other; they are what its docstring indents, without comments."""
    body = "".join(f"<mtr><mtd>{row}</mtd></mtr>" for row, _ in rows(_indented(task)) if row)
    return f'<math><mtable displaystyle="true">{body}</mtable></math>'


def rows(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Indented lines of a docstring: each formula as MathML, and the comment beside it; either may be "".

    A definition by cases, of three lines behind a brace, is one formula.
    """
    left = [line for line in lines if line.strip()]
    while left:
        if any("⎨" in line for line in left[1:2]):
            yield _cases(left[:3]), ""
            del left[:3]
            continue
        line = re.sub(r"\s+(?=[=←])", " ", left.pop(0).strip())  # blanks before it only align it
        parts = GAP.split(line)
        formulas = [_row(part) for part in parts if _is_formula(part)] or [""]
        comment = "  ".join(part for part in parts if not _is_formula(part))
        yield from ((one, comment if i == len(formulas) - 1 else "") for i, one in enumerate(formulas))


def _indented(task: str) -> Iterator[str]:
    """The indented lines of a formula's docstring."""
    text = ast.get_docstring(ast.parse(clinic.source(task))) or ""
    return (line for line in text.split("\n") if line.startswith("    "))


def _is_formula(text: str) -> bool:
    """Whether a column is a formula, not a comment: an equation or an assignment without words of the language."""
    words = re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", text)
    return bool(re.search("[=←]", text)) and all(word in FUNCTIONS for word in words)


def _cases(lines: list[str]) -> str:
    """A definition by cases: three lines behind a brace, with a value and a condition in each."""
    left = lines[1].partition("⎨")[0]
    rows = []
    for line in lines:
        value, condition = GAP.split(re.split("[⎧⎨⎩]", line)[1].strip())[:2]
        rows.append(f"<mtr><mtd>{_row(value)}</mtd><mtd><mspace width='1em'/>{_row(condition)}</mtd></mtr>")
    table = f"<mtable>{''.join(rows)}</mtable>"
    return f"<mrow>{_row(left)}<mrow><mo stretchy='true'>{{</mo>{table}</mrow></mrow>"


def _row(text: str) -> str:
    return _group(_TOKEN.finditer(text.strip().removesuffix(",")), "")


def _group(tokens: Iterator[re.Match[str]], end: str) -> str:
    """MathML of all tokens up to the bracket ``end``."""
    items: list[str] = []
    for token in tokens:
        if token["other"] == end:
            break
        if token["other"] == "/":
            below = _factor(tokens, next(tokens))
            items.append(f"<mfrac>{_bare(items.pop())}{_bare(below)}</mfrac>")
        elif token["other"] == "(" and items and token.start("other") == token.start() and not _is_operator(items[-1]):
            items[-1] = f"<mrow>{items[-1]}{_factor(tokens, token)}</mrow>"  # f(x), n(n + 1)
        else:
            items.append(_factor(tokens, token))
    return f"<mrow>{''.join(items)}</mrow>"


def _factor(tokens: Iterator[re.Match[str]], token: re.Match[str]) -> str:
    """MathML of a name, a number, an operator, a root, or a group in brackets, with its scripts."""
    word, other = token["word"], token["other"]
    if other == "(":
        inner = f"<mrow><mo>(</mo>{_group(tokens, ')')}<mo>)</mo></mrow>"
    elif other == "√":
        return f"<msqrt>{_bare(_factor(tokens, next(tokens)))}</msqrt>"
    elif word in WORDS:
        return f"<mtext>&#160;{word}&#160;</mtext>"
    elif word and word.endswith("\u0302"):
        inner = f"<mover><mi>{word[:-1]}</mi><mo stretchy='false'>^</mo></mover>"
    elif word:
        inner = f"<mo>{word}</mo>" if word == "Σ" else f"<mi>{word}</mi>"
    elif token["number"]:
        inner = f"<mn>{token['number']}</mn>"
    else:
        inner = f"<mo>{escape(other)}</mo>"
    if token["under"]:
        inner = f"<msub>{inner}<mi>{token['under'][1:]}</mi></msub>"
    for script in token["script"]:
        tag, sign = _SCRIPTS[script]
        leaf = "mi" if sign.isalpha() else "mn" if sign.isdigit() else "mo"
        inner = f"<{tag}>{inner}<{leaf}>{sign}</{leaf}></{tag}>"
    if word in ("log", "exp", "max"):
        inner += "<mspace width='0.17em'/>"
    return inner


def _is_operator(item: str) -> bool:
    return item.startswith("<mo>")


def _bare(item: str) -> str:
    """Without the brackets that a fraction or a root makes superfluous."""
    inner = re.fullmatch(r"<mrow><mo>\(</mo>(.*)<mo>\)</mo></mrow>", item)
    return inner[1] if inner else item
