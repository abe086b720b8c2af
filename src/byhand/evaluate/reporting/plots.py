"""Curves as inline SVG, in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 340, 320
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 44
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
COLOURS = 4
"""How many colours ``page.css`` has for lines; further ones repeat, dashed."""


def plot(title: str, x: str, y: str, marks: Iterable[str], diagonal: bool = False) -> str:
    """A figure with a caption, whose axes run from 0 to 1.

    Args:
        title: caption.
        x: name of the horizontal axis.
        y: name of the vertical axis.
        marks: what is drawn, as SVG: from :func:`line` and :func:`bars`.
        diagonal: also draw the line from (0, 0) to (1, 1).
    """
    grid = "".join(
        f'<path class="grid" d="M{_x(t)} {_y(0)}V{_y(1)}M{_x(0)} {_y(t)}H{_x(1)}"/>'
        f'<text x="{_x(t)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{t:g}</text>'
        f'<text x="{LEFT - 6}" y="{_y(t)}" dy=".35em" text-anchor="end">{t:g}</text>'
        for t in TICKS
    )
    middle_y = (HEIGHT - BOTTOM + TOP) / 2
    names = (
        f'<text x="{(WIDTH + LEFT - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>'
        f'<text transform="translate(12 {middle_y}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    chance = f'<path class="chance" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>' if diagonal else ""
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{grid}{names}{chance}'
        f"{''.join(marks)}</svg>"
    )
    return f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"


def line(xs: Sequence[float], ys: Sequence[float], number: int, name: str) -> str:
    """A line through points of [0, 1]², for the model with this number."""
    points = " ".join(f"{_x(x)},{_y(y)}" for x, y in zip(xs, ys, strict=True))
    dashed = ' stroke-dasharray="6 3"' if number >= COLOURS else ""
    title = f"<title>{escape(name)}</title>"
    return f'<polyline class="line-{number % COLOURS + 1}"{dashed} points="{points}">{title}</polyline>'


def bars(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], ys: Sequence[float], number: int) -> str:
    """Points with vertical bars from low to high."""
    path = "".join(f"M{_x(x)} {_y(low)}V{_y(high)}" for x, low, high in zip(xs, lows, highs, strict=True))
    dots = "".join(f'<circle cx="{_x(x)}" cy="{_y(y)}" r="2.5"/>' for x, y in zip(xs, ys, strict=True))
    return f'<g class="line-{number % COLOURS + 1}"><path d="{path}"/>{dots}</g>'


def legend(names: Mapping[int, str]) -> str:
    """The colours of the models, by their numbers."""
    items = (f'<li class="line-{i % COLOURS + 1}"><i></i>{escape(name)}</li>' for i, name in names.items())
    return f'<ul class="legend">{"".join(items)}</ul>'


def _x(value: float) -> float:
    return round(float(LEFT + np.clip(value, 0, 1) * (WIDTH - LEFT - RIGHT)), 2)


def _y(value: float) -> float:
    return round(float(HEIGHT - BOTTOM - np.clip(value, 0, 1) * (HEIGHT - BOTTOM - TOP)), 2)
