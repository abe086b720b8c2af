"""The figures of the report, as SVG that takes its colours from the page."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from html import escape
from io import StringIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from byhand.cli._texts import say
from byhand.cli._tour.results import Result

_INK = {"#010101": "currentColor", "#010102": "var(--faint)"}
"""matplotlib does not know CSS. It draws in placeholder colours, which are then replaced by CSS variables."""
_TEXT, _FAINT = _INK
_COLOURS = ["#010111", "#010112", "#010113", "#010114"]
_INK |= {colour: f"var(--colour-{i})" for i, colour in enumerate(_COLOURS, 1)}

_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": _FAINT,
    "axes.grid": True,
    "axes.labelcolor": _TEXT,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": _TEXT,
    "axes.titlelocation": "left",
    "font.family": "sans-serif",
    "font.size": 10.0,
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.labelcolor": _TEXT,
    "svg.fonttype": "none",  # searchable text in the page's font
    "svg.hashsalt": "byhand",  # the same figure has the same bytes
    "text.color": _TEXT,
    "xtick.color": _FAINT,
    "xtick.labelcolor": _TEXT,
    "ytick.color": _FAINT,
    "ytick.labelcolor": _TEXT,
}

_WIDE: dict[str, Any] = {"linewidth": 6.0, "alpha": 0.3, "solid_capstyle": "butt"}
_THIN: dict[str, Any] = {"linewidth": 1.4}


def losses(results: Sequence[Result], labels: Sequence[str], title: str, quantity: str) -> str:
    """Training loss by epoch: torch as a wide pale line, byhand as a thin line on top."""

    def draw(axes: Axes) -> None:
        for result, label, colour in zip(results, labels, _COLOURS, strict=False):
            byhand, theirs = result.curves
            epochs = np.arange(1, len(byhand) + 1)
            axes.plot(epochs, theirs, color=colour, **_WIDE)
            axes.plot(epochs, byhand, color=colour, label=label, **_THIN)
        axes.set(yscale="log", xlabel=say("epoch"), ylabel=quantity, title=title)
        axes.legend()

    return _svg(draw, say("figure of loss", title=title))


def roc(result: Result, zoom: float) -> str:
    """The upper left corner of the ROC curve: scikit-learn as a wide pale line, byhand as a thin line on top."""

    def draw(axes: Axes) -> None:
        (x, y), (their_x, their_y) = result.roc
        axes.plot(their_x, their_y, color=_COLOURS[0], label="scikit-learn", **_WIDE)
        axes.plot(x, y, color=_COLOURS[0], label="byhand", **_THIN)
        axes.set(xlim=(-0.01 * zoom, zoom), ylim=(1 - zoom, 1 + 0.01 * zoom))
        axes.set(xlabel=say("fpr"), ylabel=say("tpr"), title=result.data)
        axes.legend(loc="lower right")

    return _svg(draw, say("figure of roc", title=result.data))


def drift(result: Result) -> str:
    """The distance of the losses from torch's by epoch, and the bound."""

    def draw(axes: Axes) -> None:
        labels = (say("mistaken"), say("nudged"), "byhand")
        colours = (_COLOURS[1], _COLOURS[2], _COLOURS[0])
        byhand, nudged, mistaken = result.drifts
        for label, colour, distance in zip(labels, colours, (mistaken, nudged, byhand), strict=True):
            epochs = np.arange(1, len(distance) + 1)
            axes.plot(epochs, np.maximum(distance, _FLOOR), color=colour, label=label, **_THIN)
        axes.axhline(result.bound, color=_TEXT, linewidth=1, linestyle=(0, (4, 3)), label=say("bound"))
        axes.set(yscale="log", ylim=(_FLOOR / 2, 1e3), xlabel=say("epoch"), ylabel=say("distance"))
        axes.set_title(result.title)
        axes.legend(loc="upper right", ncols=2)

    return _svg(draw, say("figure of distance", title=result.title))


_FLOOR = 1e-18
"""Where 0 is drawn on a logarithmic axis."""


def _svg(draw: Callable[[Axes], None], name: str) -> str:
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the page's font has them
        figure = Figure(figsize=(4.2, 3.3), layout="constrained")
        draw(figure.add_subplot())
        text = StringIO()
        figure.savefig(text, format="svg", transparent=True)
    svg = text.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    # All figures are in one page, so their ids must be unique.
    prefix = re.sub(r"\W+", "-", name)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{prefix}-", svg)
    for drawn, wanted in _INK.items():
        svg = svg.replace(drawn, wanted)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(name)}"', 1)
