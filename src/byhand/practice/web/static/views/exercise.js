// An exercise: the statement on the left, the work on the right.
import { get } from "../api.js";
import { h, prose, put, trusted } from "../dom.js";
import { exerciseLink, titleOf } from "../links.js";
import { formulaName, say, told } from "../words.js";
import { Work } from "../work.js";

const HINTS = [0, 2, 3]; // the levels that are hints here: level 1 is the formula, which the statement shows

export async function exerciseView(main, page, id, { exam = null } = {}) {
  const library = exam?.library ?? page.library;
  const exercise = await get("exercise", { id, library });
  let revealed = 0;
  const statement = h("section", { class: "statement", tabindex: "-1" });
  const work = new Work(
    {
      kind: "practice", id, name: exercise.name, library, draftKey: `${exam ? `exam ${exam.started}|` : ""}${id}|${library}`,
      draft: exam ? null : exercise.draft, blank: () => told(exercise.blank),
    },
    { hints: () => (revealed ? HINTS[revealed - 1] + 1 : 0), quiet: Boolean(exam), done: (answer) => page.marked(answer), next: () => next() },
  );

  function next() {
    const following = page.following(id);
    return following
      ? { href: exerciseLink(following), label: say("next_is", { title: titleOf(page, following) }) }
      : { href: "#/hunt", label: say("hunt") };
  }

  function show() {
    const all = page.overview.exercises;
    const place = all.findIndex((one) => one.id === id);
    const one = all[place];
    statement.setAttribute("aria-label", say("statement"));
    put(statement,
      exam ? h("a", { class: "back", href: "#/exam" }, "← ", say("exam_back")) : above(one, place, all.length),
      h("h1", {}, told(exercise.title)),
      trusted("div", { class: "task" }, told(exercise.task)),
      told(exercise.form) ? trusted("div", { class: "task dim" }, told(exercise.form)) : null,
      trusted("div", { class: "card", role: "group", "aria-label": say("formula") }, told(exercise.lines)),
      h("h2", {}, say("example")), h("pre", { tabindex: "0" }, h("code", {}, exercise.example)),
      exam ? null : [hints(), solution()],
      h("details", { class: "story" }, h("summary", {}, say("story")), trusted("div", { class: "prose" }, told(exercise.story))),
      exam ? null : turn(all, place));
  }

  function hints() {
    const shown = HINTS.slice(0, revealed).map((level) => {
      const text = told(exercise.hints)[level];
      const code = () => h("pre", { tabindex: "0" }, h("code", {}, text));
      return h("li", {}, h("h3", {}, say(`hint_${level}`)), level === 3 ? code() : text.split("\n").map((line) => h("p", {}, prose(line))));
    });
    const more = () => {
      revealed += 1;
      show();
      statement.querySelector(".more-hints, .solution summary")?.focus();
    };
    return h("section", { class: "hints" }, h("h2", {}, say("hints")), h("ol", { role: "list" }, shown),
      revealed < HINTS.length ? h("button", { class: "quiet more-hints", onclick: more }, say(`hint_${HINTS[revealed]}`)) : null);
  }

  function solution() {
    const code = h("pre", { tabindex: "0" }, h("code", {}));
    const details = h("details", { class: "solution" }, h("summary", {}, say("solution")), code);
    details.addEventListener("toggle", async () => {
      if (details.open && !code.textContent) code.firstChild.append((await get("solution", { id, library })).text);
    });
    return details;
  }

  show();
  put(main, h("div", { class: "two" }, statement, work.element));
  if (matchMedia("(min-width: 900px) and (pointer: fine)").matches) work.editor.focus();
  return {
    title: told(exercise.title),
    relabel: () => (show(), work.relabel()),
    marked: () => show(),
    close: () => work.close(),
  };

  function above(one, place, count) {
    const dots = h("span", { class: "level", role: "img", "aria-label": say("level", { n: one.level }) },
      [1, 2, 3].map((i) => h("i", { class: i <= one.level ? "full" : "" })));
    return h("p", { class: "above" }, h("span", {}, formulaName(one.formula)), h("span", {}, say("position", { n: place + 1, of: count })), dots,
      h("span", {}, say("minutes", { n: one.minutes })), one.done.includes(page.library) ? h("span", { class: "good" }, "✓ ", say("done")) : null);
  }

  function turn(all, place) {
    const [before, after] = [all[place - 1], all[place + 1]];
    return h("nav", { class: "turn", "aria-label": say("turn") },
      before ? h("a", { href: exerciseLink(before.id) }, "← ", told(before.title)) : h("span"),
      after ? h("a", { href: exerciseLink(after.id) }, told(after.title), " →") : h("span"));
  }
}
