// What all charts share: scales, axes, and the key of the two lines.
import { h, svg } from "../dom.js";
import { say } from "../words.js";

export const WIDTH = 460;
export const HEIGHT = 300;
export const MARGIN = { left: 46, right: 14, top: 14, bottom: 40 };

/** A function from numbers between `low` and `high` to pixels. */
export function scale(low, high, from, to) {
  return (x) => from + ((x - low) / (high - low || 1)) * (to - from);
}

/** Round numbers between two bounds. */
export function ticks(low, high, about = 5) {
  const rough = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= rough);
  const found = [];
  for (let x = Math.ceil(low / step) * step; x <= high + step / 1e6; x += step) found.push(Number(x.toFixed(10)));
  return found;
}

/** A scale on which 0, 1, 10, 100, … are about equally far apart, on both sides. */
export function logScale(low, high, from, to) {
  const bent = (x) => Math.sign(x) * Math.log10(1 + Math.abs(x));
  const straight = scale(bent(low), bent(high), from, to);
  return (x) => straight(bent(x));
}

/** The round numbers of such a scale. */
function powers(low, high) {
  return [-10000, -1000, -100, -10, 0, 10, 100, 1000, 10000].filter((x) => x >= 1.01 * low && x <= 1.01 * high);
}

/** A power of ten as it is written on an axis. */
function power(x) {
  const size = Math.abs(x) < 1000 ? String(Math.abs(x)) : `10${"⁰¹²³⁴"[Math.round(Math.log10(Math.abs(x)))]}`;
  return x < 0 ? `−${size}` : size;
}

/** Axes with a grid. `x` and `y`: { low, high, label, log }. Returns the scales and the elements. */
export function axes(x, y) {
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const X = (x.log ? logScale : scale)(x.low, x.high, MARGIN.left, right);
  const Y = (y.log ? logScale : scale)(y.low, y.high, bottom, MARGIN.top);
  const marks = (axis) => (axis.log ? powers(axis.low, axis.high) : ticks(axis.low, axis.high));
  const elements = [
    marks(x).map((t) => [
      svg("line", { class: "grid", x1: X(t), x2: X(t), y1: MARGIN.top, y2: bottom }),
      svg("text", { class: "tick", x: X(t), y: bottom + 16, "text-anchor": "middle" }, x.log ? power(t) : String(t)),
    ]),
    marks(y).map((t) => [
      svg("line", { class: "grid", x1: MARGIN.left, x2: right, y1: Y(t), y2: Y(t) }),
      svg("text", { class: "tick", x: MARGIN.left - 7, y: Y(t) + 4, "text-anchor": "end" }, y.log ? power(t) : String(t)),
    ]),
    svg("text", { class: "axis", x: (MARGIN.left + right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, x.label),
    svg("text", { class: "axis", transform: `translate(13 ${(MARGIN.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, y.label),
  ];
  return { X, Y, elements };
}

/** The path of a line through points; it breaks at null, and at what is not a number. */
export function line(points, X, Y) {
  let pen = "M";
  let path = "";
  for (const [x, y] of points) {
    if (x === null || y === null) {
      pen = "M";
      continue;
    }
    path += `${pen}${X(x).toFixed(1)} ${Y(y).toFixed(1)}`;
    pen = "L";
  }
  return path;
}

/** The chart itself; `label` says to a screen reader what there is to see. */
export function canvas(label, ...children) {
  return svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, ...children);
}

/** A figure with a title, a key and a caption. */
export function figure(title, caption, ...children) {
  const key = h("p", { class: "key", "aria-hidden": "true" }, h("span", { class: "theirs" }, say("theirs")), h("span", { class: "yours" }, say("yours")));
  return h("figure", { class: "picture" }, h("h3", {}, title), key, ...children, h("figcaption", {}, caption));
}
