// The ROC curve of scores with ties, and the areas.
import { h, svg } from "../dom.js";
import { say } from "../words.js";
import { axes, canvas, figure, line } from "./chart.js";

export function drawRoc({ scores, labels, blocks, yours, formula }) {
  const wins = blocks.reduce((sum, [won]) => sum + won, 0);
  const losses = blocks.reduce((sum, [, lost]) => sum + lost, 0);
  const label = say("picture_roc");
  const { X, Y, elements } = axes({ low: 0, high: 1, label: say("axis_fpr") }, { low: 0, high: 1, label: say("axis_tpr") });
  const corners = [[0, 0]];
  const ties = [];
  let [a, b, low, high] = [0, 0, 0, 0];
  for (const [won, lost] of blocks) {
    const [c, d] = [a + lost / losses, b + won / wins];
    low += (c - a) * b;
    high += (c - a) * d;
    if (won && lost) ties.push([a, b, c, d]);
    corners.push([c, d]);
    [a, b] = [c, d];
  }
  const area = `${line([...corners, [1, 0]], X, Y)}Z`;
  const chart = canvas(label, elements,
    svg("path", { class: "area", d: area }),
    ties.map(([x0, y0, x1, y1]) => svg("rect", { class: "tie", x: X(x0), y: Y(y1), width: X(x1) - X(x0), height: Y(y0) - Y(y1) })),
    svg("path", { class: "chance", d: line([[0, 0], [1, 1]], X, Y) }),
    svg("path", { class: "path formula wide", d: line(corners, X, Y) }),
    corners.map(([x, y]) => svg("circle", { class: "dot formula", cx: X(x), cy: Y(y), r: 3.2 })));
  const sums = h("p", { class: "areas" },
    h("span", { class: "theirs" }, `AUC = ${formula?.toFixed(4) ?? say("no_number")}`),
    h("span", { class: "yours" }, `AUC = ${yours?.toFixed(4) ?? say("no_number")}`),
    h("span", { class: "dim" }, say("auc_range", { low: low.toFixed(4), high: high.toFixed(4) })));
  const input = h("p", { class: "small dim" }, h("code", {}, `scores = [${scores.join(", ")}]`), " ", h("code", {}, `labels = [${labels.join(", ")}]`));
  return figure(label, [say("picture_roc_more"), input], chart, sums);
}
