// A loss against the logit, or the probability, of the right class.
import { svg } from "../dom.js";
import { say } from "../words.js";
import { axes, canvas, figure, line } from "./chart.js";

export function drawCurve({ axis, x, yours, formula }) {
  const finite = formula.filter((value) => value !== null);
  const most = axis === "logit" ? Math.max(...finite) : Math.min(Math.max(...finite), 6);
  const low = Math.min(0, ...yours.filter((value) => value !== null && Math.abs(value) < 2 * most));
  const label = say(`picture_curve_${axis}`);
  const { X, Y, elements } = axes(
    { low: x[0], high: x.at(-1), label: say(`axis_${axis}`) },
    { low: low < 0 ? 1.1 * low : 0, high: 1.08 * most || 1, label: say("axis_loss") },
  );
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const points = (values) => x.map((place, i) => [place, values[i]]);
  const lone = points(yours).filter(([, value], i) => value !== null && (yours[i - 1] ?? null) === null && (yours[i + 1] ?? null) === null);
  const chart = canvas(label,
    svg("clipPath", { id: clip }, svg("rect", { x: 46, y: 10, width: 400, height: 252 })), elements,
    svg("g", { "clip-path": `url(#${clip})` },
      svg("path", { class: "path formula wide", d: line(points(formula), X, Y) }),
      svg("path", { class: "path yours", d: line(points(yours), X, Y) }),
      lone.map(([a, b]) => svg("circle", { class: "dot yours", cx: X(a), cy: Y(b), r: 2.5 }))));
  return figure(label, say("picture_curve_more"), chart);
}
