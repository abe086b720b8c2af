"""Text of others, made fit to be shown: whatever acts on a terminal, or turns the order of a line, is spelt out."""

from __future__ import annotations

from unicodedata import category


def visible(text: str, keep: str = "") -> str:
    r"""``text`` with an escape for each character that is not seen, but for those in ``keep``.

    Control characters, direction marks, separators of lines, halves of surrogate pairs: a name stays recognisable, and
    a byte of a file's name that is no UTF-8 shows as that byte.

    >>> print(visible("a\x1b[2J\u202e\udcff θ"))
    a\x1b[2J\u202e\xff θ
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep or category(c) == "Zs" else _spelt(c) for c in text)


def _spelt(c: str) -> str:
    if "\udc80" <= c <= "\udcff":  # how Python carries a byte that is no UTF-8
        return f"\\x{ord(c) - 0xDC00:02x}"
    return c.encode("unicode_escape").decode()
