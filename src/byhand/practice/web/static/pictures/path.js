// The path of an optimizer on a contour plot, step by step.
import { h, put, svg } from "../dom.js";
import { say } from "../words.js";
import { HEIGHT, MARGIN, WIDTH, axes, canvas, figure, line } from "./chart.js";

const RINGS = 9;
const NEAR = 1e-3; // how far apart two places are that look like one
const PACE = 260; // milliseconds a step

export function drawPath({ yours, formula, slopes, options }) {
  const x = { low: -5, high: 5, label: "θ₁" };
  const y = { low: -3.2, high: 3.2, label: "θ₂" };
  const { X, Y, elements } = axes(x, y);
  const last = formula.length - 1;
  const apart = yours.findIndex((point, i) => point.some((value, j) => value === null || Math.abs(value - formula[i][j]) > NEAR));
  const clip = `clip-${Math.random().toString(36).slice(2)}`;
  const area = { x: MARGIN.left, y: MARGIN.top, width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const rings = Array.from({ length: RINGS }, (_, i) => {
    const level = 0.18 * (i + 1) ** 2;
    const [rx, ry] = slopes.map((a) => Math.sqrt((2 * level) / a));
    return svg("ellipse", { class: "ring", cx: X(0), cy: Y(0), rx: X(rx) - X(0), ry: Y(0) - Y(ry) });
  });
  const moving = svg("g", { "clip-path": `url(#${clip})` });
  const label = say("picture_path");
  const chart = canvas(label,
    svg("clipPath", { id: clip }, svg("rect", area)), svg("rect", { class: "ground", ...area }),
    svg("g", { "clip-path": `url(#${clip})` }, rings), elements,
    svg("circle", { class: "start", cx: X(formula[0][0]), cy: Y(formula[0][1]), r: 7 }), moving);

  const words = h("output", { class: "step-words" });
  const slider = h("input", { type: "range", min: "0", max: String(last), value: String(last), "aria-label": label });
  const play = h("button", { class: "quiet play" });
  let timer = null;

  function show() {
    const k = Number(slider.value);
    put(moving, ["formula", "yours"].map((side) => {
      const points = (side === "yours" ? yours : formula).slice(0, k + 1);
      const end = points.at(-1);
      return [
        svg("path", { class: `path ${side}`, d: line(points, X, Y) }),
        points.filter((point) => !point.includes(null)).map(([a, b]) => svg("circle", { class: `dot ${side}`, cx: X(a), cy: Y(b), r: side === "formula" ? 3.4 : 2.2 })),
        end.includes(null) ? [] : svg("circle", { class: `tip ${side}`, cx: X(end[0]), cy: Y(end[1]), r: side === "formula" ? 5.5 : 3.6 }),
      ];
    }));
    put(words, `${say("step", { n: k })}: `, h("span", { class: "yours" }, place(yours[k])), " · ", h("span", { class: "theirs" }, place(formula[k])));
    slider.setAttribute("aria-valuetext", words.textContent);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    put(play, say("play"));
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) === last) slider.value = "0";
    put(play, say("pause"));
    show();
    timer = setInterval(() => {
      if (!chart.isConnected || Number(slider.value) >= last) return stop();
      slider.value = String(Number(slider.value) + 1);
      return show();
    }, PACE);
  });
  slider.addEventListener("input", show);
  stop();
  show();
  const said = apart < 0 ? say("same_path") : say("apart_at", { n: apart });
  return figure(label, [`${said} `, say("picture_path_more", { options })], chart, h("div", { class: "player" }, play, slider, words));
}

function place(point) {
  return point.includes(null) ? say("no_number") : `(${point.map((value) => value.toFixed(2)).join(", ")})`;
}
