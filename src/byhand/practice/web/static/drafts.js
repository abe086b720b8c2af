// A draft: kept in the browser at every change, and on the server soon after.
import { isGone, onConnection, post } from "./api.js";
import { drafts } from "./store.js";

const SOON = 150; // milliseconds after a change until the browser keeps it
const LATER = 700; // and until the server does
const LARGE = 1 << 20; // characters that are not sent

export class Draft {
  /** `told(state)` is called with "keeping", "kept" or "here". */
  constructor(key, told) {
    this.key = key;
    this.told = told;
    this.text = null;
    this.at = 0;
    this.hide = () => this.keep(true);
    addEventListener("pagehide", this.hide);
    onConnection((lost) => !lost && this.text !== null && !this.closed && this.later());
  }

  /** The newer of what the browser and the server have; null if there is none. */
  newest(server) {
    const here = drafts.get(this.key);
    const found = here && (!server || here.at >= server.at) ? here : server;
    return found ? found.text : null;
  }

  /** The text has changed. */
  changed(text) {
    this.text = text;
    this.at = Date.now() / 1000;
    this.told("keeping");
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.keep(), SOON);
  }

  keep(leaving = false) {
    clearTimeout(this.soon);
    if (this.text === null) return;
    drafts.set(this.key, this.text, this.at);
    if (isGone()) this.told("here");
    else if (leaving) this.send(true);
    else this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), LATER);
  }

  async send(keepalive = false) {
    const { text, at } = this;
    if (text === null || text.length > LARGE) return;
    try {
      await post("draft", { key: this.key, text, at }, { keepalive: keepalive && text.length < 30000 });
      if (this.at === at) this.told("kept");
    } catch {
      this.told("here");
    }
  }

  close() {
    this.keep();
    this.closed = true;
    removeEventListener("pagehide", this.hide);
  }
}
