// A loss against the logit, or the probability, of the right class.
import { svg } from "../dom.js";
import { say } from "../words.js";
import { HEIGHT, MARGIN, WIDTH, axes, canvas, figure, line } from "./chart.js";

export function drawCurve({ axis, x, yours, formula }) {
  const finite = formula.filter((value) => value !== null);
  const most = axis === "logit" ? Math.max(...finite) : Math.min(Math.max(...finite), 6);
  const low = Math.min(0, ...yours.filter((value) => value !== null && Math.abs(value) < 2 * most));
  const label = say(`picture_curve_${axis}`);
  const { X, Y, elements } = axes(
    { low: x[0], high: x.at(-1), label: say(`axis_${axis}`), log: axis === "logit" },
    { low: low < 0 ? 1.1 * low : 0, high: 1.08 * most || 1, label: say("axis_loss"), log: axis === "logit" },
  );
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const points = (values) => x.map((place, i) => [place, values[i]]);
  const lone = points(yours).filter(([, value], i) => value !== null && (yours[i - 1] ?? null) === null && (yours[i + 1] ?? null) === null);
  const gaps = gapsOf(x, yours, formula).map(([from, to]) => svg("rect", { class: "gap", x: X(from), y: MARGIN.top, width: Math.max(X(to) - X(from), 2), height: HEIGHT - MARGIN.top - MARGIN.bottom }));
  const chart = canvas(label,
    svg("clipPath", { id: clip }, svg("rect", { x: MARGIN.left, y: MARGIN.top - 4, width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom + 8 })), elements, gaps,
    svg("g", { "clip-path": `url(#${clip})` },
      svg("path", { class: "path formula wide", d: line(points(formula), X, Y) }),
      svg("path", { class: "path yours", d: line(points(yours), X, Y) }),
      lone.map(([a, b]) => svg("circle", { class: "dot yours", cx: X(a), cy: Y(b), r: 2.5 }))));
  return figure(label, gaps.length ? say("picture_curve_more") : "", chart);
}

/** Where the learner has no number and the formula has one: [from, to]. */
function gapsOf(x, yours, formula) {
  const found = [];
  x.forEach((place, i) => {
    if (yours[i] !== null || formula[i] === null) return;
    const last = found.at(-1);
    if (last && last[1] === x[i - 1]) last[1] = place;
    else found.push([place, place]);
  });
  return found;
}
