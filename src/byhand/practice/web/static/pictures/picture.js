// Pictures of numbers: the learner's beside the formula's.
import { drawCurve } from "./curve.js";
import { drawPath } from "./path.js";
import { drawRoc } from "./roc.js";

/** The figure of a picture that the server sent. */
export function drawPicture(picture) {
  return { path: drawPath, curve: drawCurve, roc: drawRoc }[picture.kind](picture);
}
