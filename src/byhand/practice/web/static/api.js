// Talks to the server. When it is gone, the page says so, and goes on when it is back.
import { say } from "./words.js";

const base = new URL(".", location.href);
const POLL = 1500; // milliseconds between two tries to reach a server that is gone

export class Lost extends Error {}
export class Refused extends Error {}

const listeners = new Set();
let gone = false;

/** Calls a function with true when the server is gone, with false when it is back. */
export function onConnection(listener) {
  listeners.add(listener);
}

export function isGone() {
  return gone;
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(new URL(`api/${path}`, base), options); // nothing is cached: each answer says so
  } catch (error) {
    if (error.name === "AbortError") throw error;
    lose();
    throw new Lost();
  }
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await response.json() : { error: (await response.text()).trim() };
  if (!response.ok) throw new Refused(body.progress ? say("no_progress", body.progress) : body.error);
  return body;
}

export function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return send(query ? `${path}?${query}` : path, {});
}

export function post(path, body = {}, options = {}) {
  return send(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), ...options });
}

export function upload(path, parameters, file) {
  return send(`${path}?${new URLSearchParams(parameters)}`, { method: "POST", body: file });
}

function lose() {
  if (gone) return;
  gone = true;
  for (const listener of listeners) listener(true);
  setTimeout(look, POLL);
}

async function look() {
  try {
    const response = await fetch(new URL("api/alive", base), { cache: "no-store" });
    if (response.ok) {
      gone = false;
      for (const listener of listeners) listener(false);
      return;
    }
  } catch {
    // still gone
  }
  setTimeout(look, POLL);
}
