// "Judge a file": a notebook or a script is dropped, and the whole report appears.
import { Lost, post, upload } from "../api.js";
import { h, put, trusted } from "../dom.js";
import { tab } from "../store.js";
import { say, told } from "../words.js";

const LARGEST = 16 << 20;

export async function fileView(main, page) {
  const result = h("section", { class: "report", "aria-live": "polite" });
  const input = h("input", { type: "file", id: "file", class: "hidden", accept: ".ipynb,.py,.md,.qmd,.rmd,.txt", onchange: () => input.files[0] && judge(input.files[0]) });
  const zone = h("div", { class: "drop" });
  let answer = null;
  let name = "";
  let running = false;
  let runs = 0;
  const born = Date.now();

  function stop() {
    const end = () => post("stop", { tab, run: `file ${runs} ${born}` }).catch(() => {}); // the run itself says what happened
    return h("button", { class: "quiet", onclick: end }, say("stop"));
  }

  async function judge(file) {
    if (running) return;
    name = file.name;
    if (file.size > LARGEST) return void put(result, h("p", { class: "banner bad" }, say("file_large")));
    running = true;
    put(result, h("p", { class: "banner running", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), say("file_running", { name }), stop()));
    try {
      answer = await upload("file", { tab, name, run: `file ${++runs} ${born}` }, file);
    } catch (error) {
      answer = { ok: false, failed: error instanceof Lost ? "" : error.message };
    }
    running = false;
    input.value = "";
    report();
    if (answer.ok) page.marked();
  }

  function report() {
    if (!answer) return;
    if (!answer.ok) {
      const why = answer.error ? told(answer.error) : answer.failed;
      const said = answer.ended ? say(`ended_${answer.ended}`) : say("file_unreadable", { why });
      put(result, h("p", { class: "banner bad", role: "status" }, said));
      return;
    }
    const host = h("div", { class: "report-body" });
    const root = host.attachShadow({ mode: "open" });
    // A report brings its own styles, which must not meet the page's; it follows the theme of a notebook by an attribute.
    root.append(h("link", { rel: "stylesheet", href: "static/css/report.css" }),
      trusted("div", { "data-jp-theme-light": String(document.documentElement.dataset.theme === "light") }, told(answer.parts)));
    put(result, h("div", { class: "report-head" }, h("h2", {}, name), h("button", { class: "quiet", onclick: save }, say("file_save"))), host);
  }

  function save() {
    const url = URL.createObjectURL(new Blob([told(answer.pages)], { type: "text/html" }));
    h("a", { href: url, download: `${name}.html` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  function show() {
    put(zone, h("p", {}, h("label", { for: "file", class: "button primary" }, say("file_choose")), " ", say("file_drop")), input);
    put(main, h("div", { class: "list-page file-page" }, h("h1", {}, say("file_title")), h("p", { class: "lead" }, say("file_about")), zone, result));
    report();
  }

  const over = (event) => {
    event.preventDefault();
    zone.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop" && event.dataTransfer.files[0]) judge(event.dataTransfer.files[0]);
  };
  const kinds = ["dragover", "dragleave", "drop"];
  for (const kind of kinds) document.addEventListener(kind, over);
  show();
  if (page.dropped) judge(page.dropped);
  page.dropped = null;
  return {
    title: say("file_title"), relabel: show, repaint: report, marked: () => {},
    close: () => kinds.forEach((kind) => document.removeEventListener(kind, over)),
  };
}
