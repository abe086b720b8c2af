"""Text from others, made safe to show: characters that act on a terminal or reorder a line are escaped."""

from __future__ import annotations

from unicodedata import category


def visible(text: str, keep: str = "") -> str:
    r"""``text`` with an escape for each invisible character, except for those in ``keep``.

    Escaped are control characters, direction marks, line separators and halves of surrogate pairs. A name stays
    recognisable, and a byte of a file name that is not UTF-8 shows as that byte.

    >>> print(visible("a\x1b[2J\u202e\udcff θ"))
    a\x1b[2J\u202e\xff θ
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep or category(c) == "Zs" else _spelt(c) for c in text)


def _spelt(c: str) -> str:
    if "\udc80" <= c <= "\udcff":  # how Python represents a byte that is not UTF-8
        return f"\\x{ord(c) - 0xDC00:02x}"
    return c.encode("unicode_escape").decode()
