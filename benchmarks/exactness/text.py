"""Formats tables, numbers and paragraphs as Markdown."""

from __future__ import annotations

import platform
import textwrap
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("numpy", "numba", "torch", "scikit-learn", "scipy", "mpmath")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the first column is aligned left, the others right."""
    lines = [header, [":--", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def wrapped(text: str) -> str:
    """Markdown with paragraphs wrapped at 120 columns; tables and headings stay as they are."""
    blocks = text.strip("\n").split("\n\n")
    return "\n\n".join(block if block[0] in "|#" else _fill(block) for block in blocks) + "\n"


def _fill(block: str) -> str:
    return textwrap.fill(" ".join(block.split()), 120, break_long_words=False, break_on_hyphens=False)


def sci(x: float) -> str:
    """A number with two digits: ``1.2e-7``."""
    if x == 0 or x != x or abs(x) == float("inf"):
        return f"{x:g}"
    digits, exponent = f"{x:.1e}".split("e")
    return f"{digits}e{int(exponent)}"


def machine() -> str:
    """The processor and the versions of libraries, in one sentence."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{_processor()}, {_vectors()}; Python {platform.python_version()}, {libraries}."


def _cpuinfo(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _vectors() -> str:
    flags = _cpuinfo("flags").split()
    return next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "no AVX2")
