"""An evaluation as an HTML page, which needs no other file. It shares the style sheet of the judge's page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from byhand import __version__
from byhand.evaluate import Curve
from byhand.evaluate.findings import Model, Report
from byhand.evaluate.reporting.plots import bars, legend, line, plot
from byhand.evaluate.reporting.tables import Table, closing, say, skipped, tables, total
from byhand.judge.reporting.page import document, style
from byhand.judge.visible import visible


def page(report: Report, lang: str = "en") -> str:
    """A complete HTML page."""
    title = say("title", lang)
    what = " · ".join(visible(model.name) for model in report.current.models)
    first = visible(report.current.files[0])
    files = first if len(report.current.files) == 1 else f"{first}, …"
    left_out = skipped(report.current, lang)
    body = [
        f'{style()}\n<div class="byhand evaluation"><header><h1>{escape(title)} <span class="dim">{escape(what)}</span>'
        f'</h1><p class="total">{escape(total(report, lang))}</p><p class="dim">{escape(files)}</p>',
        f'<p class="odd">{escape(left_out)}</p></header>' if left_out else "</header>",
        *_sections(report, lang),
        f'<footer class="dim">byhand {__version__} · {escape(closing(report, lang))}</footer></div>',
    ]
    return document(f"{title} · {what} · byhand", "\n".join(body), lang)


def _sections(report: Report, lang: str) -> Iterator[str]:
    first, *others = tables(report, lang)
    yield _table(first)
    yield _figures(report, lang)
    yield from map(_table, others)


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in table.rows
    )
    body = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    title = escape(table.title)
    return f'<h2>{title}</h2><div class="scroll" tabindex="0" role="region" aria-label="{title}">{body}</div>'


def _figures(report: Report, lang: str) -> str:
    """ROC, precision and recall, and calibration if the scores are probabilities."""
    drawn = [
        (i, model, model.roc, model.precision_recall)
        for i, model in enumerate(report.current.models)
        if model.roc is not None and model.precision_recall is not None and not math.isnan(model.area.auc.value)
    ]
    if not drawn:
        return ""
    roc = [line(*_points(curve), i, visible(model.name)) for i, model, curve, _ in drawn]
    pr = [line(*_points(curve), i, visible(model.name)) for i, model, _, curve in drawn]
    figures = [
        plot(say("roc curve", lang), say("fpr", lang), say("tpr", lang), roc, diagonal=True),
        plot(say("pr curve", lang), say("recall", lang), say("precision", lang), pr),
    ]
    _, _, first, second = drawn[0]
    notes = [say("curve note", lang, roc=f"{first.tolerance:g}", precision=f"{second.tolerance:g}")]
    if calibrated := [(i, model) for i, model, *_ in drawn if model.calibration is not None]:
        marks = [_calibration(model, i) for i, model in calibrated]
        title = say("calibration curve", lang)
        figures.append(plot(title, say("mean score", lang), say("rate", lang), marks, diagonal=True))
        notes.append(say("calibration note", lang, level=f"{report.confidence * 100:g} %"))
    key = legend({i: visible(model.name) for i, model, *_ in drawn}) if len(drawn) > 1 else ""
    said = escape(" ".join(notes))
    return f'{key}<div class="plots">{"".join(figures)}</div><p class="dim">{said}</p>'


def _points(curve: Curve) -> tuple[list[float], list[float]]:
    return curve.x.tolist(), curve.y.tolist()


def _calibration(model: Model, number: int) -> str:
    assert model.calibration is not None
    used = [one for one in model.calibration.bins if one.rows]
    xs, ys = [one.mean_score for one in used], [one.rate for one in used]
    name = visible(model.name)
    return line(xs, ys, number, name) + bars(xs, [one.lower for one in used], [one.upper for one in used], ys, number)
