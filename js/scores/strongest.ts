/** The units that gave most, what they are called, and how much of the row they hold. */
import type { Content } from "../session/session";
import { named } from "../state/names";
import { type Units, unitsOf } from "../state/units";
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

/** How many units have a score, and the share of it, by magnitude, that these units hold. */
export function held(values: Float32Array, units: readonly number[]): { count: number; share: number } {
  let [count, total] = [0, 0];
  for (const v of values) {
    if (Number.isNaN(v)) continue;
    count++;
    total += Math.abs(v);
  }
  const own = units.reduce((sum, u) => sum + Math.abs(values[u] as number), 0);
  return { count, share: total > 0 ? own / total : 0 };
}

/** What tells a word from others with the same text: its section, else its place among them; "" for the only one. */
export function told(content: Content, of: number): string {
  const units = unitsOf(content);
  const unit = wordStarts(content)[of] as number;
  const same = alike(content).get(wordName(content, unit)) ?? [];
  if (same.length < 2) return "";
  const own = sectionOf(content, units, unit);
  const inside = same.filter((u) => sectionOf(content, units, u) === own);
  if (inside.length === 1 && own) return own.toLowerCase();
  return `${ordinal(same.indexOf(unit) + 1)} of ${same.length}`;
}

const known = new WeakMap<Content, ReadonlyMap<string, readonly number[]>>();
/** The words of each name, by their first units; found once. */
function alike(content: Content): ReadonlyMap<string, readonly number[]> {
  const found = known.get(content);
  if (found) return found;
  const [units, starts] = [unitsOf(content), wordStarts(content)];
  const made = new Map<string, number[]>();
  for (let u = 0; u < units.count && units.start(u) < content.inputs; u++) {
    if (starts[u] !== u) continue;
    const name = wordName(content, u);
    const same = made.get(name);
    if (same) same.push(u);
    else made.set(name, [u]);
  }
  known.set(content, made);
  return made;
}

/** The name of a unit's whole word. */
export function wordName(content: Content, unit: number): string {
  const [units, starts] = [unitsOf(content), wordStarts(content)];
  const first = starts[unit] as number;
  let text = units.text(first);
  for (let u = first + 1; starts[u] === first; u++) text += units.text(u);
  return named(text);
}

function sectionOf({ sections }: Content, units: Units, unit: number): string {
  const at = units.start(unit);
  return sections.find(({ start, end }) => start <= at && at < end)?.title ?? "";
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}
