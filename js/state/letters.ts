/** The letters of the whole text, which are the same whatever its units are. */
import type { Content } from "../session/content";
import { unitsOf } from "./units";

const begins = new WeakMap<Content, Int32Array>();

/** The first letter of each unit, and the number of all. */
export function lettersOf(content: Content): Int32Array {
  const known = begins.get(content);
  if (known) return known;
  const units = unitsOf(content);
  const out = new Int32Array(units.count + 1);
  for (let u = 0; u < units.count; u++) out[u + 1] = (out[u] as number) + units.text(u).length;
  begins.set(content, out);
  return out;
}

/** The unit that has a letter. */
export function unitWith(content: Content, letter: number): number {
  const letters = lettersOf(content);
  let [low, high] = [0, letters.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((letters[middle] as number) <= letter) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first letter of a token; `sent` has the tokens' own texts. */
export const letterOf = (sent: Content, token: number): number =>
  lettersOf(sent)[unitsOf(sent).of(token)] as number;
