// Addresses inside the page, and names of exercises.
import { told } from "./words.js";

/** The address of an exercise. */
export function exerciseLink(id) {
  return `#/exercise/${id}`;
}

/** The title of an exercise. */
export function titleOf(page, id) {
  return told(page.overview.exercises.find((one) => one.id === id)?.title) || id;
}
