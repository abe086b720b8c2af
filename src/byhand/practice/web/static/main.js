// The page: its header, its rail, and one view at a time, chosen by the address.
import { get, onConnection, Lost } from "./api.js";
import { h, put } from "./dom.js";
import { settings } from "./store.js";
import { language, onLanguage, say, speak } from "./words.js";
import { examView } from "./views/exam.js";
import { exerciseView } from "./views/exercise.js";
import { fileView } from "./views/file.js";
import { huntView } from "./views/hunt.js";
import { listView, meter, rail } from "./views/list.js";

const [main, header, side, notice, skip] = ["main", "header", "rail", "notice", "skip"].map((id) => document.getElementById(id));
const dark = matchMedia("(prefers-color-scheme: dark)");
const LIBRARIES = ["torch", "numpy", "python"];

let view = null;
let turn = 0;

const page = {
  overview: null,
  library: LIBRARIES.includes(settings.get("library")) ? settings.get("library") : "torch",
  huntFormula: "",
  dropped: null,
  /** The next exercise that is not done, beginning behind one; null if all are. */
  following(id) {
    const all = page.overview.exercises;
    const start = all.findIndex((one) => one.id === id) + 1;
    return [...all.slice(start), ...all.slice(0, start)].find((one) => !one.done.length && one.id !== id)?.id ?? null;
  },
  /** A verdict has come: what is done may have changed. */
  async marked() {
    try {
      page.overview = await get("overview");
    } catch {
      return;
    }
    furniture();
    view?.marked?.();
  },
  go(address) {
    if (location.hash === address) open();
    else location.hash = address;
  },
};

function theme() {
  return settings.get("theme") ?? (dark.matches ? "dark" : "light");
}

function paint() {
  document.documentElement.dataset.theme = theme();
  view?.repaint?.();
}

function current() {
  const [, name = "", ...rest] = location.hash.split("/");
  return { name, rest: rest.map(decodeURIComponent) };
}

function furniture() {
  const { name, rest } = current();
  const link = (address, key, names) => h("a", { href: address, "aria-current": names.includes(name) ? "page" : null }, say(key));
  const libraries = h("select", { id: "library", "aria-label": say("library"), onchange: (event) => choose(event.target.value) },
    LIBRARIES.map((one) => h("option", { value: one, selected: one === page.library }, say(one))));
  const target = theme() === "dark" ? "light" : "dark";
  put(header,
    h("a", { class: "logo", href: "#/list" }, h("img", { src: "static/icon.svg", alt: "", width: "26", height: "26" }), h("span", {}, "byhand")),
    h("nav", { class: "menu", "aria-label": say("main_menu") }, link("#/list", "exercises", ["list", "exercise"]), link("#/hunt", "hunt", ["hunt"]), link("#/exam", "exam", ["exam"]), link("#/file", "file", ["file"])),
    h("div", { class: "tools" }, page.overview ? meter(page) : null, libraries,
      h("button", { class: "quiet", lang: language() === "zh" ? "en" : "zh", onclick: () => speak(language() === "zh" ? "en" : "zh") }, say("other_language")),
      h("button", { class: "quiet theme", "aria-label": say(`to_${target}`), title: say(`to_${target}`), onclick: () => (settings.set("theme", target), paint(), furniture()) }, h("span", { "aria-hidden": "true" }, target === "dark" ? "☾" : "☀"))));
  put(skip, say("skip"));
  const besides = page.overview && name === "exercise";
  document.body.classList.toggle("with-rail", Boolean(besides));
  side.setAttribute("aria-label", say("rail"));
  const scrolled = side.scrollTop;
  put(side, besides ? rail(page, rest.join("/")) : []);
  side.scrollTop = scrolled;
  const here = side.querySelector('[aria-current="page"]');
  if (here && (here.offsetTop < side.scrollTop || here.offsetTop > side.scrollTop + side.clientHeight - 40)) side.scrollTop = here.offsetTop - 120;
}

function choose(library) {
  page.library = library;
  settings.set("library", library);
  if (["exercise", "hunt"].includes(current().name)) current().name === "hunt" ? page.go("#/hunt") : open();
}

async function open() {
  const mine = ++turn;
  view?.close();
  view = null;
  const { name, rest } = current();
  try {
    page.overview ??= await get("overview");
    if (!name) {
      location.replace(`#/exercise/${page.overview.next ?? page.overview.exercises[0].id}`);
      return;
    }
    furniture();
    const made = await show(name, rest);
    if (mine !== turn) return made.close();
    view = made;
    scrollTo(0, 0);
    main.scrollTop = 0;
    document.title = `${made.title} · byhand`;
    furniture();
  } catch (error) {
    if (mine !== turn) return;
    if (!(error instanceof Lost)) put(main, h("div", { class: "list-page" }, h("h1", {}, "byhand"), h("p", { class: "lead" }, error.message)));
  }
}

function show(name, rest) {
  switch (name) {
    case "exercise":
      return exerciseView(main, page, rest.join("/"));
    case "hunt":
      return huntView(main, page, rest[0]);
    case "exam":
      return examView(main, page, rest[0]);
    case "file":
      return fileView(main, page);
    default:
      return listView(main, page);
  }
}

let missing = false;
onConnection((gone) => {
  const [command] = ["byhand practice --web"];
  put(notice, gone ? h("p", { class: "lost" }, say("lost"), " ", h("code", {}, command), say("lost_more")) : h("p", { class: "back" }, say("back")));
  if (!gone) setTimeout(() => notice.querySelector(".back") && put(notice), 4000);
  missing ||= gone && !view;
  if (!gone && missing) {
    missing = false;
    open();
  }
});

// A file that is dropped anywhere is judged.
addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
addEventListener("drop", (event) => {
  const file = event.dataTransfer?.files[0];
  if (!file || current().name === "file") return;
  event.preventDefault();
  page.dropped = file;
  page.go("#/file");
});

dark.addEventListener("change", () => (paint(), furniture()));
onLanguage(() => {
  furniture();
  view?.relabel();
});
addEventListener("hashchange", open);
skip.addEventListener("click", (event) => (event.preventDefault(), main.focus()));
paint();
furniture();
open();
