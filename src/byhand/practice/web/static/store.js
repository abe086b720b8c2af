// What the browser keeps: settings, and a copy of every draft, which survives the server.

const PREFIX = "byhand.";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null; // storage is switched off, or holds something else
  }
}

function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false; // it is full, or switched off: the server has the draft too
  }
}

export const settings = {
  get: (name) => read(`set.${name}`),
  set: (name, value) => write(`set.${name}`, value),
};

export const drafts = {
  /** What is kept: { text, at }, with the time in seconds; null if there is nothing. */
  get: (key) => {
    const kept = read(`draft.${key}`);
    return typeof kept?.text === "string" ? kept : null;
  },
  set: (key, text, at) => write(`draft.${key}`, { text, at }),
  /** Calls a function when another tab has changed a draft. */
  onChange(listener) {
    const heard = (event) => {
      if (!event.key?.startsWith(`${PREFIX}draft.`) || event.newValue === null) return;
      const key = event.key.slice(`${PREFIX}draft.`.length);
      const kept = drafts.get(key);
      if (kept) listener(key, kept.text);
    };
    addEventListener("storage", heard);
    return () => removeEventListener("storage", heard);
  },
};

/** The name of this tab; it stays when the page is loaded again. */
export const tab = (() => {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(12)), (x) => x.toString(36).padStart(2, "0")).join("");
  try {
    const kept = sessionStorage.getItem(`${PREFIX}tab`);
    if (kept) return kept;
    sessionStorage.setItem(`${PREFIX}tab`, made);
  } catch {
    // without storage, a tab that is loaded again is a new one
  }
  return made;
})();
