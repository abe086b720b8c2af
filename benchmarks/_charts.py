"""Draws the charts: speedups of all rows, and time against the size of the work."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter

from benchmarks import SYSTEMS
from benchmarks._row import OURS
from benchmarks._words import duration

INK, FAINT, PAPER = "#1f2933", "#cbd2d9", "#ffffff"
STYLES = {  # the color and the marker of each peer, the same in all charts
    "torch": ("#d1495b", "o"),
    "torch.compile": ("#8d5fd3", "D"),
    "torch fused": ("#3d5a98", "v"),
    "torch foreach": ("#edae49", "s"),
    "torch kl_div": ("#b08968", "P"),
    "scipy rel_entr": ("#00798c", "^"),
    "scikit-learn": ("#f08a24", "p"),
    "torchmetrics": ("#7a1f5c", "X"),
    "torchmetrics, 200 bins": ("#9aa5b1", "h"),
    "polars rank": ("#4aa3df", ">"),
}
OUR_STYLE = ("#2a7f3f", "o")
STYLE = {"svg.hashsalt": "byhand", "font.size": 9, "text.color": INK, "axes.edgecolor": FAINT, "axes.labelcolor": INK}
STYLE |= {"xtick.color": INK, "ytick.color": INK, "axes.facecolor": PAPER, "figure.facecolor": PAPER}


def draw(results: dict[str, Any], folder: Path, suffix: str = "svg") -> None:
    """Draw all charts into ``folder``."""
    with plt.rc_context(STYLE):
        for name, figure in (("benchmarks", ratios(results)), ("benchmarks-growth", growth(results))):
            metadata = {"Date": None} if suffix == "svg" else None
            figure.savefig(folder / f"{name}.{suffix}", dpi=110, bbox_inches="tight", metadata=metadata)
            plt.close(figure)


def ratios(results: dict[str, Any]) -> plt.Figure:
    """One line for each row and one marker for each peer, on a logarithmic axis; left of 1 the peer is faster."""
    sized = [row for row in results["rows"] if row["growth"] is None and row["system"] not in ("start", "grid")]
    sized = [row for row in sized if any(name in STYLES and cell.get("ratio") for name, cell in _cells(row))]
    figure, axes = plt.subplots(figsize=(9, 0.6 + 0.34 * max(len(sized), 4)))
    labels, labelled = [], set()
    for y, row in enumerate(sized):
        labels.append(f"{import_module('benchmarks.' + row['system']).TITLE.split(',')[0]}: {row['title']}")
        shown = [(name, cell) for name, cell in _cells(row) if name in STYLES and cell.get("ratio")]
        axes.plot([min(1, *(c["ratio"] for _, c in shown), 1), max(1, *(c["ratio"] for _, c in shown), 1)], [y, y])
        axes.lines[-1].set(color=FAINT, linewidth=1.5, zorder=1)
        for name, cell in shown:
            color, marker = STYLES[name]
            label = None if name in labelled else name
            labelled.add(name)
            axes.scatter(cell["ratio"], y, color=color, marker=marker, s=38, zorder=3, label=label, edgecolor=PAPER)
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(sized) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}×"))
    axes.xaxis.set_minor_formatter("")
    axes.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
    axes.tick_params(length=0)
    axes.set_xlabel("times as long as byhand (right of 1×: byhand is faster)")
    _frame(axes)
    if labelled:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=5, frameon=False, handletextpad=0.2)
    return figure


def growth(results: dict[str, Any]) -> plt.Figure:
    """One panel for each system with growth rows, and one line for each contestant."""
    grown = [row for row in results["rows"] if row["growth"] is not None]
    systems = [system for system in SYSTEMS if any(row["system"] == system for row in grown)]
    figure, panels = plt.subplots(1, max(len(systems), 1), figsize=(4.6 * max(len(systems), 1), 3.6), squeeze=False)
    for axes, system in zip(panels[0], systems, strict=False):
        module = import_module(f"benchmarks.{system}")
        rows = [row for row in grown if row["system"] == system]
        for name in dict.fromkeys(name for row in rows for name in row["contestants"]):
            if name != OURS and name not in STYLES:
                continue
            cells = [(row["growth"], row["contestants"].get(name, {}).get("median")) for row in rows]
            points = [(x, y) for x, y in cells if y is not None]
            color, marker = STYLES.get(name, OUR_STYLE)
            linewidth = 2.4 if name == OURS else 1.2
            axes.plot(
                *zip(*points, strict=True), color=color, marker=marker, markersize=4, linewidth=linewidth, label=name
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda x, _: f"{x:,.0f}" if x < 1e5 else f"1e{len(f'{x:.0f}') - 1}")
        )
        axes.xaxis.set_minor_formatter("")
        axes.set_title(module.TITLE, loc="left")
        axes.set_xlabel(module.GROWTH)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: duration(y).replace(".00", "").replace(".0", "")))
        axes.yaxis.set_minor_formatter("")
        axes.grid(color=FAINT, linewidth=0.5, alpha=0.6)
        axes.tick_params(length=0, which="both")
        axes.legend(frameon=False, fontsize=8)
        _frame(axes)
    figure.tight_layout()
    return figure


def _cells(row: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, cell) for name, cell in row["contestants"].items() if name != OURS]


def _frame(axes: plt.Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
