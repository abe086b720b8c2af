"""A line of Python as HTML with syntax colours."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

CLASSES = (
    (Comment, "c"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Number, "n"),
    (Name.Builtin.Pseudo, "p"),
    (Name.Builtin, "b"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Decorator, "f"),
)
_LEXER = PythonLexer(stripnl=False, ensurenl=False)


def line_html(text: str, marked: tuple[int, int] | None) -> str:
    """The line with its tokens in spans of the classes above, and ``marked`` columns in a mark."""
    start, end = marked or (0, 0)
    before, inside, after = (_spans(text, *columns) for columns in ((0, start), (start, end), (end, len(text))))
    return f"{before}<mark>{inside}</mark>{after}" if inside else before + after


def _spans(text: str, start: int, end: int) -> str:
    """The tokens of ``text`` between two columns."""
    spans = []
    for column, kind, value in _tokens(text):
        piece = escape(value[max(start - column, 0) : max(end - column, 0)])
        name = next((name for token, name in CLASSES if kind in token), "")
        spans.append(f'<span class="{name}">{piece}</span>' if name and piece else piece)
    return "".join(spans)


def _tokens(text: str) -> Iterator[tuple[int, _TokenType, str]]:
    yield from _LEXER.get_tokens_unprocessed(text)
