// The editor: CodeMirror with the page's colours, and the judge's findings at the learner's lines.
import {
  EditorState, EditorView, HighlightStyle, LanguageSupport, bracketMatching, closeBrackets, closeBracketsKeymap,
  defaultKeymap, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, history,
  historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, lineNumbers, lintGutter, lintKeymap, pythonLanguage,
  setDiagnostics, syntaxHighlighting, tags,
} from "./codemirror.js";

const nonce = document.querySelector('meta[name="csp-nonce"]').content;

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.self], class: "tok-k" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-s" },
  { tag: [tags.number, tags.bool, tags.null], class: "tok-n" },
  { tag: tags.comment, class: "tok-c" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "tok-f" },
  { tag: tags.meta, class: "tok-f" },
]);

/** A column that Python counts, in the units of a string here: characters beyond the first plane count twice. */
function units(text, column) {
  return Array.from(text).slice(0, column).join("").length;
}

export class Editor {
  constructor(parent, { text, label, changed, run }) {
    this.quiet = false;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
          indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(),
          new LanguageSupport(pythonLanguage), indentUnit.of("    "), EditorState.tabSize.of(4),
          syntaxHighlighting(COLOURS),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", "data-gramm": "false" }),
          keymap.of([
            { key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => (run(), true), preventDefault: true },
            { key: "Ctrl-Enter", run: () => (run(), true), preventDefault: true },
            ...closeBracketsKeymap, ...defaultKeymap.filter((one) => one.key !== "Mod-Enter"), ...historyKeymap, ...lintKeymap,
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => update.docChanged && !this.quiet && changed(this.text)),
        ],
      }),
    });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Replaces the text; Ctrl+Z undoes it. `quiet`: it is not the learner's change. */
  replace(text, quiet = false) {
    this.quiet = quiet;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.quiet = false;
  }

  /** Replaces lines: [{ line, old, new }], the last first. */
  apply(changes) {
    const { doc } = this.view.state;
    const edits = changes.map((one) => {
      const start = one.line > doc.lines ? doc.length : doc.line(one.line).from;
      if (!one.old.length) return { from: start, insert: one.new.map((text) => `${text}\n`).join("") };
      const last = doc.line(Math.min(one.line + one.old.length - 1, doc.lines));
      const end = one.new.length ? last.to : Math.min(last.to + 1, doc.length);
      return { from: start, to: end, insert: one.new.join("\n") };
    });
    this.view.dispatch({ changes: edits });
  }

  /** Underlines findings: [{ line, columns, severity, message }]. */
  mark(findings) {
    const { doc } = this.view.state;
    const marks = findings.filter((one) => one.line && one.line <= doc.lines).map((one) => {
      const line = doc.line(one.line);
      const indent = line.text.length - line.text.trimStart().length;
      const [from, to] = one.columns ? one.columns.map((column) => units(line.text, column)) : [indent, line.text.length];
      const start = Math.min(line.from + from, line.to);
      return { from: start, to: Math.max(Math.min(line.from + to, line.to), start), severity: one.severity, message: one.message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, marks.sort((a, b) => a.from - b.from)));
  }

  /** Moves the cursor to a line, and shows it. */
  go(number) {
    const line = this.view.state.doc.line(Math.min(number, this.view.state.doc.lines));
    const indent = line.text.length - line.text.trimStart().length;
    this.view.dispatch({ selection: { anchor: line.from + indent }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
    this.view.focus();
  }

  focus() {
    this.view.focus();
  }

  close() {
    this.view.destroy();
  }
}
