// All exercises with what is done: as a page, and as the rail beside an exercise.
import { h, put } from "../dom.js";
import { exerciseLink, titleOf } from "../links.js";
import { mark } from "../verdict.js";
import { formulaName, say, told } from "../words.js";

export async function listView(main, page) {
  function show() {
    const { exercises } = page.overview;
    const following = page.following("");
    put(main, h("div", { class: "list-page" },
      h("h1", {}, say("list_title")), h("p", { class: "lead" }, say("list_about")), meter(page),
      following ? h("p", {}, h("a", { class: "button primary", href: exerciseLink(following) }, say("continue", { title: titleOf(page, following) }))) : null,
      groups(exercises).map(([formula, ones]) => h("section", { class: "group" }, h("h2", {}, formulaName(formula)),
        h("ul", { class: "cards", role: "list" }, ones.map((one) => card(one, page)))))));
  }
  show();
  return { title: say("list_title"), relabel: show, marked: show, close: () => {} };
}

/** How many are solved, as a bar. */
export function meter(page) {
  const { exercises } = page.overview;
  const n = exercises.filter((one) => one.done.length).length;
  const bar = h("progress", { max: exercises.length, value: n, "aria-label": say("progress") });
  return h("div", { class: "meter" }, bar, h("span", {}, say("solved", { n, of: exercises.length })));
}

function groups(exercises) {
  const found = new Map();
  for (const one of exercises) found.set(one.formula, [...(found.get(one.formula) ?? []), one]);
  return [...found];
}

function state(one, page) {
  return one.done.length ? "done" : one.tried && one.tried !== "todo" ? "tried" : one.id === page.following("") ? "next_up" : "open";
}

function card(one, page) {
  const how = state(one, page);
  return h("li", {}, h("a", { class: `exercise ${how}`, href: exerciseLink(one.id) },
    h("strong", {}, told(one.title)),
    h("span", { class: "dim small" }, say("level", { n: one.level }), " · ", say("minutes", { n: one.minutes })),
    h("span", { class: `state ${how}` }, one.done.length ? `✓ ${say("done_in", { libraries: one.done.map((name) => say(name)).join(", ") })}` : say(how))));
}

/** The rail: a link for each exercise, the current one marked. */
export function rail(page, current) {
  return [
    meter(page),
    h("ol", { role: "list" }, page.overview.exercises.map((one, i, all) => {
      const how = state(one, page);
      const head = one.formula === all[i - 1]?.formula ? null : h("li", { class: "head", role: "presentation" }, formulaName(one.formula));
      const sign = how === "done" ? mark("right") : h("span", { class: `ring ${how}`, "aria-hidden": "true" });
      return [head, h("li", {}, h("a", { href: exerciseLink(one.id), "aria-current": one.id === current ? "page" : null },
        sign, h("span", {}, told(one.title)), h("span", { class: "hidden" }, say(how))))];
    })),
  ];
}
