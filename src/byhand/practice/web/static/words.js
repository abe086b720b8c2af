// The language of the page.
import { settings } from "./store.js";
import { FORMULAS, TEXTS } from "./texts.js";

export const LANGUAGES = ["en", "zh"];
const listeners = new Set();
let lang = LANGUAGES.includes(settings.get("lang")) ? settings.get("lang") : document.documentElement.lang.slice(0, 2);
if (!LANGUAGES.includes(lang)) lang = "en";

/** The current language, "en" or "zh". */
export function language() {
  return lang;
}

/** Chooses a language, keeps it, and tells everybody. */
export function speak(wanted) {
  lang = wanted;
  settings.set("lang", lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const listener of listeners) listener();
}

/** Calls a function after each change of the language. */
export function onLanguage(listener) {
  listeners.add(listener);
}

/** A text of the page, with its placeholders filled. */
export function say(key, fill = {}) {
  const text = TEXTS[key][LANGUAGES.indexOf(lang)];
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fill ? fill[name] : whole));
}

/** What the server said in both languages. */
export function told(both) {
  return both?.[lang] ?? "";
}

/** The name of a formula. */
export function formulaName(id) {
  return FORMULAS[id]?.[LANGUAGES.indexOf(lang)] ?? id;
}

document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
