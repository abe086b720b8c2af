// A bug hunt: a program with one mistake in it, to be mended, or its mistake to be named from four.
import { get, post } from "../api.js";
import { h, put, trusted } from "../dom.js";
import { formulaName, say, told } from "../words.js";
import { Work } from "../work.js";

export async function huntView(main, page, token, { exam = null } = {}) {
  put(main, h("div", { class: "list-page" }, h("h1", {}, say("hunt_title")), h("p", { class: "lead" }, say("hunt_loading"))));
  const formula = page.huntFormula ?? "";
  const hunt = token ? await get("hunt", { token }) : await post("hunt/new", { formula, library: page.library });
  if (!token) history.replaceState(null, "", `#/hunt/${hunt.token}`);
  const named = new Map();
  const statement = h("section", { class: "statement", tabindex: "-1" });
  const work = new Work(
    {
      kind: "hunt", id: hunt.formula, name: `hunt_${hunt.formula}`, library: hunt.library, token: hunt.token,
      draftKey: `${exam ? `exam ${exam.started}|` : ""}hunt|${hunt.token}`, draft: exam ? null : hunt.draft, blank: () => hunt.text,
    },
    {
      quiet: Boolean(exam), next: () => ({ href: "#/hunt", label: say("hunt_new") }),
      done: (answer) => {
        if (answer.ok && answer.mark.done) hunt.solved = true;
        page.marked(answer);
      },
    },
  );

  function show() {
    statement.setAttribute("aria-label", say("statement"));
    put(statement,
      exam ? h("a", { class: "back", href: "#/exam" }, "← ", say("exam_back")) : h("p", { class: "above" }, h("span", {}, formulaName(hunt.formula)), h("span", {}, say(hunt.library)), h("span", {}, say("hunts_solved", { n: page.overview.solved_hunts }))),
      h("h1", {}, say("hunt_title")), h("p", { class: "task" }, say("hunt_about")),
      exam ? null : [choose(), four()],
      trusted("div", { class: "prose card" }, told(hunt.story)));
  }

  function choose() {
    const select = h("select", { onchange: (event) => (page.huntFormula = event.target.value) },
      h("option", { value: "" }, say("hunt_any")),
      page.overview.formulas.map((one) => h("option", { value: one, selected: one === formula }, formulaName(one))));
    return h("p", { class: "choose" }, h("label", {}, say("hunt_which"), " ", select),
      h("a", { class: "button quiet", href: "#/hunt", onclick: (event) => (event.preventDefault(), page.go("#/hunt")) }, say("hunt_new")));
  }

  function four() {
    return h("section", { class: "four" }, h("h2", {}, say("hunt_name")),
      h("ul", { role: "list" }, hunt.choices.map((one) => {
        const said = named.get(one.page);
        const sign = said === undefined ? "" : said.right ? "✓ " : "✗ ";
        return h("li", {}, h("button", { class: `choice ${said ? (said.right ? "good" : "bad") : ""}`, disabled: said !== undefined, onclick: () => choice(one.page) }, sign, told(one.title)));
      })),
      h("p", { role: "status" }, named.size ? [...named.values()].at(-1).right ? say("hunt_yes") : say("hunt_no") : ""));
  }

  async function choice(id) {
    named.set(id, await post("hunt/name", { token: hunt.token, page: id }));
    show();
    statement.querySelector(".choice:not([disabled])")?.focus();
  }

  show();
  put(main, h("div", { class: "two" }, statement, work.element));
  return { title: say("hunt_title"), relabel: () => (show(), work.relabel()), marked: () => show(), close: () => work.close() };
}
