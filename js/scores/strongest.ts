/** The units that gave most, and those of whole words. */
import type { Content } from "../session/content";
import { wordStarts } from "../state/word";

/** The units with the greatest sizes over 0, the first of equal ones first; `size` is the magnitude unless given. */
export function strongest(values: Float32Array, count: number, size = Math.abs): number[] {
  const top: number[] = [];
  // Not a sort: the list follows every move of the pointer, and texts have thousands of units.
  for (let u = 0; u < values.length; u++) {
    const own = size(values[u] as number);
    if (!(own > 0)) continue;
    let at = top.length;
    while (at > 0 && size(values[top[at - 1] as number] as number) < own) at--;
    if (at >= count) continue;
    top.splice(at, 0, u);
    if (top.length > count) top.pop();
  }
  return top;
}

/** The scores of whole words: the sum of a word's pieces, at the first of them that has a score. */
export function byWord(values: Float32Array, content: Content): Float32Array {
  const starts = wordStarts(content);
  const out = values.slice();
  let last = -1;
  for (let u = 0; u < values.length; u++) {
    const v = values[u] as number;
    if (Number.isNaN(v)) continue;
    if (last >= 0 && starts[last] === starts[u]) {
      out[last] = (out[last] as number) + v;
      out[u] = Number.NaN;
    } else last = u;
  }
  return out;
}

/** The pieces of the word of unit `u` that have a score. */
export function piecesOf(u: number, values: Float32Array, content: Content): number[] {
  const starts = wordStarts(content);
  const out: number[] = [];
  for (let k = starts[u] as number; starts[k] === starts[u]; k++)
    if (!Number.isNaN(values[k] ?? Number.NaN)) out.push(k);
  return out;
}
