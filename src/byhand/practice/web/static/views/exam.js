// An exam: a drawn paper, a clock, and a score with every mistake named.
import { get, post } from "../api.js";
import { h, put } from "../dom.js";
import { say, told } from "../words.js";
import { exerciseView } from "./exercise.js";
import { huntView } from "./hunt.js";

export async function examView(main, page, place) {
  let exam = await get("exam");
  let late = exam.now - Date.now() / 1000;
  const item = place ? exam.items[Number(place) - 1] : null;
  if (item && exam.ended === null) {
    const hunt = /^hunt:(.*)/.exec(item);
    return hunt ? huntView(main, page, hunt[1], { exam }) : exerciseView(main, page, item, { exam });
  }
  const clock = h("p", { class: "clock", role: "timer" });
  const timer = setInterval(tick, 1000);

  async function begin(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    exam = await post("exam/begin", { n: Number(form.get("n")), minutes: Number(form.get("minutes")), library: page.library });
    late = exam.now - Date.now() / 1000;
    show();
  }

  async function end() {
    exam = await post("exam/end");
    show();
  }

  function tick() {
    if (!exam.items.length || exam.ended !== null) return;
    const left = exam.started + 60 * exam.minutes - Date.now() / 1000 - late;
    if (left <= 0) return void end();
    const [minutes, seconds] = [Math.floor(left / 60), Math.floor(left % 60)];
    put(clock, say("exam_left", { time: `${minutes}:${String(seconds).padStart(2, "0")}` }));
  }

  function row(one, i) {
    const mark = exam.marks[one];
    const over = exam.ended !== null;
    const title = told(exam.titles[one]) || say("exam_hunt");
    const name = h("strong", {}, `${i + 1}. ${title}`);
    const said = !over ? "" : mark?.done ? "✓" : mark ? "✗" : say("exam_nothing");
    const mistakes = (exam.named[one] ?? []).map(told).join(", ");
    return h("li", { class: over ? (mark?.done ? "good" : "bad") : "" },
      over ? name : h("a", { href: `#/exam/${i + 1}` }, name, mark ? h("span", { class: "dim" }, " ✎") : null),
      h("span", { class: "said" }, said), mistakes ? h("span", { class: "small" }, mistakes) : null);
  }

  function show() {
    if (!exam.items.length) {
      put(main, h("div", { class: "list-page" }, h("h1", {}, say("exam_title")), h("p", { class: "lead" }, say("exam_about")), setup(say("exam_begin"))));
      return;
    }
    const over = exam.ended !== null;
    const solved = exam.items.filter((one) => exam.marks[one]?.done).length;
    put(main, h("div", { class: "list-page" }, h("h1", {}, say("exam_title")),
      over ? h("p", { class: "score" }, say("exam_over"), " ", h("strong", {}, say("exam_score", { n: solved, of: exam.items.length }))) : clock,
      h("ol", { class: "paper", role: "list" }, exam.items.map(row)),
      over ? setup(say("exam_again")) : h("button", { class: "primary", onclick: end }, say("exam_end"))));
    tick();
  }

  function setup(label) {
    const number = (name, text, value, max) => h("label", {}, text, " ", h("input", { type: "number", name, value, min: "1", max, required: true }));
    return h("form", { class: "setup", onsubmit: begin }, number("n", say("exam_tasks"), "7", "20"), number("minutes", say("exam_minutes"), "60", "600"), h("button", { class: "primary" }, label));
  }

  show();
  return { title: say("exam_title"), relabel: show, marked: () => {}, close: () => clearInterval(timer) };
}
