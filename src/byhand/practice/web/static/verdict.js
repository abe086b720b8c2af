// The verdict: a banner, then each finding with its numbers, its hints and its picture.
import { h, prose, put, trusted } from "./dom.js";
import { drawPicture } from "./pictures/picture.js";
import { say, told } from "./words.js";

const GOOD = ["right", "convention", "library"];
const SIGNS = { right: "✓", convention: "✓", library: "✓", fragile: "!", mistaken: "✗", unknown: "✗", stopped: "✗" };
const TONES = { right: "good", convention: "good", library: "odd", fragile: "odd", mistaken: "bad", unknown: "bad", stopped: "bad" };

/** What the editor underlines. */
export function findingsOf(answer) {
  const found = [];
  for (const one of answer.definitions) {
    const stopped = told(one.stopped);
    if (stopped && one.line) found.push({ line: one.line, columns: null, severity: "error", message: stopped });
    for (const finding of one.findings) {
      if (!finding.line || finding.kind === "note") continue;
      const severity = finding.kind === "mistake" ? "error" : finding.kind === "edge" ? "warning" : "info";
      const text = [told(finding.title), told(finding.summary)].filter(Boolean).join("\n");
      found.push({ line: finding.line, columns: finding.columns, severity, message: text });
    }
  }
  return found;
}

/** Shows an answer of the server. `tools`: what its buttons do. */
export function showVerdict(panel, answer, tools) {
  if (!answer.ok) return put(panel, failure(answer));
  const lost = answer.kept ? [] : [h("p", { class: "odd small" }, say("not_kept"))];
  if (tools.quiet) return put(panel, h("p", { class: "banner none", role: "status" }, say("exam_hidden")), lost);
  const [first, ...others] = answer.definitions;
  const parts = [banner(answer, first, tools)];
  if (first) parts.push(...body(first, answer, tools));
  parts.push(h("div", { class: "picture-place" }, answer.picture ? drawPicture(answer.picture) : null));
  const called = first ? told(first.called) : "";
  if (called) parts.push(h("details", {}, h("summary", {}, say("how_called")), h("p", { class: "small" }, called)));
  const rest = others.map((one) => h("li", {}, h("span", { class: TONES[one.verdict] ?? "none" }, SIGNS[one.verdict] ?? "·"), ` ${one.name}: ${told(one.title)}`));
  if (rest.length) parts.push(h("details", { class: "others" }, h("summary", {}, say("other_definitions")), h("ul", {}, rest)));
  parts.push(...lost);
  parts.push(...told(answer.left_out).map((line) => h("p", { class: "dim small" }, line)));
  const how = [say("seconds", { n: answer.seconds.toFixed(answer.seconds < 1 ? 2 : 1) })];
  if (answer.sealed.length) how.push(say("sealed_by", { layers: answer.sealed.join(", ") }));
  parts.push(h("p", { class: "dim small foot" }, how.join(" · ")));
  put(panel, parts);
}

function failure(answer) {
  if (answer.lost) return h("p", { class: "banner none", role: "status" }, say("no_answer"), " ", say("draft_safe"));
  const text = answer.ended ? say(`ended_${answer.ended}`) : answer.error ? told(answer.error) : say("failed", { why: answer.failed });
  return h("div", { class: "banner bad", role: "status" }, h("strong", {}, text), h("span", {}, say("draft_safe")));
}

function banner(answer, first, tools) {
  const { mark } = answer;
  const solved = mark.done;
  let tone = first ? TONES[first.verdict] ?? "none" : "none";
  let title = first ? told(first.title) : say("nothing_found");
  let more = first ? "" : say("nothing_found_more");
  if (solved) {
    tone = "good";
    title = say("right");
    more = say(tools.kind === "hunt" ? "hunt_solved" : "solved_it");
  } else if (mark.verdict === "todo") {
    [tone, title, more] = ["none", say("not_yet"), say("not_yet_more")];
  } else if (mark.why === "another variant") {
    [tone, more] = ["odd", say("another_variant")];
  } else if (mark.why === "library") {
    [tone, more] = ["odd", say("uses_library")];
  } else if (tools.kind === "hunt") {
    more = say("hunt_not_yet");
  } else {
    more ||= [...new Set(first.findings.filter((one) => one.kind === "mistake" || one.kind === "edge").map((one) => told(one.title)))].filter(Boolean).join(" · ");
  }
  const sign = solved ? "✓" : tone === "none" ? "·" : tone === "odd" ? "!" : SIGNS[first?.verdict] ?? "·";
  const next = solved && tools.next ? h("a", { class: "button primary next", href: tools.next.href }, tools.next.label) : null;
  return h("div", { class: `banner ${tone}`, role: "status" },
    h("span", { class: "sign", "aria-hidden": "true" }, sign),
    h("span", { class: "said" }, h("strong", {}, title), more ? h("span", {}, more) : null), next);
}

function* body(one, answer, tools) {
  const stopped = told(one.stopped);
  if (stopped) {
    yield h("div", { class: "finding bad" }, h("p", {}, prose(stopped), " ", one.line ? lineLink(one.line, tools) : null));
  }
  for (const finding of one.findings) yield note(finding, one, tools);
  if (!GOOD.includes(one.verdict) && one.findings.some((finding) => finding.kind === "mistake" || finding.kind === "edge")) {
    yield fix(one, tools);
  }
}

function lineLink(line, tools) {
  return h("button", { class: "line-link", title: say("go_to_line", { n: line }), onclick: () => tools.go(line) }, say("at_line", { n: line }));
}

function note(finding, one, tools) {
  const tone = { mistake: "bad", edge: "odd", convention: "good", note: "none" }[finding.kind];
  const title = told(finding.title);
  const summary = told(finding.summary);
  const card = h("div", { class: `finding ${tone}` });
  const key = `${one.name} ${finding.page} ${finding.line} ${finding.kind}`;
  if (title) card.append(h("h3", {}, title, finding.line ? lineLink(finding.line, tools) : null));
  if (summary) card.append(h("p", {}, prose(summary), !title && finding.line ? lineLink(finding.line, tools) : null));
  if (told(finding.yours)) card.append(numbers(finding));
  if (finding.page) card.append(ladder(finding, key, tools), why(finding.page, tools));
  return card;
}

/** The numbers of the smallest counter-example, side by side. */
function numbers(finding) {
  const where = told(finding.where);
  return h("figure", { class: "numbers" },
    h("figcaption", {}, where || say("numbers")),
    h("dl", {}, h("div", { class: "yours" }, h("dt", {}, say("yours")), h("dd", {}, told(finding.yours))),
      h("div", { class: "theirs" }, h("dt", {}, say("theirs")), h("dd", {}, told(finding.formula)))));
}

/** Two more hints, one at a time: the formula's line, then what to write. */
function ladder(finding, key, tools, box = h("div", { class: "ladder" })) {
  const hints = told(finding.hints);
  const open = Math.min(tools.rung[key] ?? 0, 2);
  const shown = hints.slice(0, open).filter((text, i) => text && text !== hints[i - 1]);
  put(box, shown.map((text) => h("p", { class: "hint", tabindex: "-1" }, prose(text))));
  const label = open === 0 && hints[0] ? say("hint_line") : open < 2 && hints[1] && hints[1] !== hints[0] ? say("hint_write") : null;
  if (label && finding.kind !== "convention") {
    const more = () => {
      tools.rung[key] = open === 0 && hints[0] ? 1 : 2;
      ladder(finding, key, tools, box);
      (box.querySelector("button") ?? box.lastElementChild)?.focus();
    };
    box.append(h("button", { class: "quiet", onclick: more }, label));
  }
  return box;
}

function why(page, tools) {
  const text = h("div", { class: "explanation" });
  const details = h("details", { class: "why" }, h("summary", {}, say("why")), text);
  details.addEventListener("toggle", async () => {
    if (!details.open || text.childNodes.length) return;
    try {
      const found = await tools.why(page);
      const { html, link } = told(found);
      text.append(trusted("div", {}, html));
      if (link) text.append(h("p", {}, h("a", { href: link, target: "_blank" }, say("whole_page"))));
    } catch {
      details.open = false;
    }
  });
  return details;
}

/** The change that makes it right, as a diff; it is looked for when somebody asks. */
function fix(one, tools) {
  if (!one.fix) {
    const search = (event) => {
      const spinner = h("span", { class: "spinner", "aria-hidden": "true" });
      event.target.replaceWith(h("p", { class: "fix searching", role: "status" }, spinner, say("searching")));
      tools.mend();
    };
    return h("button", { class: "quiet show-fix", onclick: search }, say("show_fix"));
  }
  if (!one.fix.lines.length) return h("p", { class: "fix dim" }, told(one.fix.why));
  const rows = one.fix.lines.flatMap((change) => [
    ...change.old.map((text, i) => row("-", change.line + i, text)), ...change.new.map((text) => row("+", "", text)),
  ]);
  return h("div", { class: "fix" }, h("h3", {}, say("fix")),
    h("div", { class: "diff", role: "group", "aria-label": say("fix"), tabindex: "0" }, rows),
    h("p", { class: "fix-foot" }, h("span", { class: "dim" }, say("fix_proved")),
      h("button", { class: "quiet", onclick: () => tools.apply(one.fix.lines) }, say("apply"))));
}

function row(sign, line, text) {
  const hidden = h("span", { class: "hidden" }, say(sign === "-" ? "removed" : "added"), " ");
  return h("div", { class: sign === "-" ? "old" : "new" }, hidden, h("i", { "aria-hidden": "true" }, line), h("b", { "aria-hidden": "true" }, sign), h("code", {}, text || " "));
}

/** A verdict in one word, for lists. */
export function mark(verdict) {
  return h("span", { class: TONES[verdict] ?? "none", "aria-hidden": "true" }, SIGNS[verdict] ?? "·");
}

