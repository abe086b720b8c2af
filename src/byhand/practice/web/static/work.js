// The right half of an exercise or of a hunt: the editor, and below it the verdict.
import { get, isGone, Lost, post, Refused } from "./api.js";
import { h, put } from "./dom.js";
import { Draft } from "./drafts.js";
import { Editor } from "./editor.js";
import { drafts, tab } from "./store.js";
import { drawPicture } from "./pictures/picture.js";
import { findingsOf, showVerdict } from "./verdict.js";
import { say } from "./words.js";

const LARGE = 2 << 20; // characters that an editor shows
const NEAR = 120; // pixels of a verdict that are enough to notice it
const PATIENCE = 2500; // milliseconds until a run that takes long says why

export class Work {
  /**
   * `task`: { kind, id, name, library, token, draftKey, draft, blank() }; `options`: { hints(), done(answer), quiet }.
   * With `quiet` the verdict is not shown, as in an exam.
   */
  constructor(task, options) {
    this.task = task;
    this.options = options;
    this.runs = 0;
    this.born = Date.now();
    this.answer = null;
    this.rung = {};
    this.element = h("section", { class: "work" });
    this.status = h("span", { class: "draft-status" });
    this.panel = h("section", { class: "verdict", tabindex: "-1" });
    this.box = h("div", { class: "editor" });
    this.toolbar = h("div", { class: "toolbar" });
    this.draft = new Draft(task.draftKey, (state) => this.tell(state));
    const kept = this.draft.newest(task.draft);
    this.blank = task.blank();
    this.editor = new Editor(this.box, {
      text: kept ?? this.blank,
      label: say("editor", { name: `${task.name}.py` }),
      changed: (text) => this.changed(text),
      run: () => this.run(),
    });
    this.forget = drafts.onChange((key, text) => {
      if (key === task.draftKey && text !== this.editor.text) this.editor.replace(text, true);
    });
    this.keydown = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      event.preventDefault();
      this.run();
    };
    document.addEventListener("keydown", this.keydown);
    this.relabel();
    put(this.element, this.toolbar, this.box, this.panel);
  }

  /** Everything but the editor, in the current language. */
  relabel() {
    this.element.setAttribute("aria-label", say("work"));
    this.panel.setAttribute("aria-label", say("verdict"));
    this.runButton = h("button", { class: "primary run", title: say("run_title"), onclick: () => this.run() },
      h("span", { class: "glyph", "aria-hidden": "true" }, "▶"), say("run"), h("kbd", { "aria-hidden": "true" }, keys()));
    put(this.toolbar,
      h("span", { class: "file-name" }, `${this.task.name}.py`), this.status,
      h("button", { class: "quiet", title: say("reset_title"), onclick: () => this.reset() }, say("reset")), this.runButton);
    const fresh = this.task.blank();
    if (this.editor.text === this.blank && fresh !== this.blank) this.editor.replace(fresh, true);
    this.blank = fresh;
    this.show();
  }

  tell(state) {
    put(this.status, state === "keeping" ? say("keeping") : state === "here" ? say("kept_here") : say("kept"));
  }

  changed(text) {
    if (text.length > LARGE) return this.problem(say("too_much", { n: (text.length / 1e6).toFixed(1) }));
    if (!this.stale && this.answer) this.element.classList.add("stale");
    this.draft.changed(text);
  }

  reset() {
    this.editor.replace(this.task.blank());
    this.editor.mark([]);
    this.answer = null;
    this.show();
    this.editor.focus();
  }

  message(more = {}) {
    const { kind, id, name, library, token } = this.task;
    return { tab, kind, id, name, library, token: token ?? "", text: this.editor.text, ...more };
  }

  /** Judges what is in the editor. */
  async run(mend = false) {
    if (this.running) return;
    this.draft.keep();
    const number = ++this.runs;
    const message = this.message({ run: this.name(number), hints: this.options.hints?.() ?? 0, mend });
    this.running = { mend, since: performance.now() };
    this.element.classList.remove("stale");
    this.runButton.disabled = true;
    if (!mend) this.show();
    const slow = setTimeout(() => this.running && this.show(true), PATIENCE);
    let answer;
    try {
      answer = await post("run", message);
    } catch (error) {
      answer = { ok: false, failed: error instanceof Refused ? error.message : null, lost: error instanceof Lost };
    }
    clearTimeout(slow);
    if (this.closed || number !== this.runs) return;
    this.running = null;
    this.runButton.disabled = false;
    if (!mend) this.rung = {};
    if (mend) answer.picture = this.answer?.picture;
    this.answer = answer;
    this.answer.text = message.text;
    if (answer.ok && !this.options.quiet) this.editor.mark(this.editor.text === message.text ? findingsOf(answer) : []);
    this.show();
    if (!mend && this.panel.getBoundingClientRect().top > innerHeight - NEAR) this.panel.scrollIntoView({ block: "start" });
    if (!mend) this.options.done?.(answer);
    if (answer.ok && !mend && !this.options.quiet) await this.draw(number, message);
  }

  async draw(number, message) {
    try {
      const found = await post("picture", message);
      if (number === this.runs && !this.closed && found.picture) {
        this.answer.picture = found.picture;
        const place = this.panel.querySelector(".picture-place");
        if (place) put(place, drawPicture(found.picture));
      }
    } catch {
      // a verdict without a picture is a verdict
    }
  }

  /** The name of a run: a stop may arrive before it. */
  name(number) {
    return `${this.task.draftKey} ${this.born} ${number}`;
  }

  async stop() {
    if (isGone()) return;
    try {
      await post("stop", { tab, run: this.name(this.runs) });
    } catch {
      // the run itself says what happened
    }
  }

  problem(text) {
    put(this.panel, h("p", { class: "banner none" }, text));
  }

  /** Shows the state of this work in the panel. */
  show(slow = false) {
    this.panel.setAttribute("aria-busy", this.running ? "true" : "false");
    if (this.running && !this.running.mend) {
      put(this.panel, h("div", { class: "banner running", role: "status" },
        h("span", { class: "spinner", "aria-hidden": "true" }),
        h("span", {}, say("running"), slow ? h("small", {}, say("starting")) : null),
        h("button", { class: "quiet", onclick: () => this.stop() }, say("stop"))));
      return;
    }
    if (!this.answer) {
      const [before, after] = say(this.task.kind === "hunt" ? "idle_hunt" : "idle").split("{key}");
      put(this.panel, h("div", { class: "idle" }, h("p", {}, before, h("kbd", {}, keys()), after), h("p", { class: "dim" }, say("idle_more"), " ", say("idle_keys"))));
      return;
    }
    showVerdict(this.panel, this.answer, {
      quiet: this.options.quiet,
      kind: this.task.kind,
      next: this.options.next?.(),
      rung: this.rung,
      go: (line) => this.editor.go(line),
      mend: () => this.run(true),
      apply: (changes) => this.apply(changes),
      why: (id) => get("mistake", { id }),
    });
  }

  apply(changes) {
    if (this.editor.text !== this.answer.text) return;
    this.editor.apply(changes);
    this.editor.mark([]);
    this.run();
  }

  close() {
    this.closed = true;
    document.removeEventListener("keydown", this.keydown);
    this.draft.close();
    this.forget();
    if (this.running) this.stop();
    this.editor.close();
  }
}

/** What runs the program, as it is written on this machine's keys. */
export function keys() {
  return /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ Enter" : "Ctrl Enter";
}
