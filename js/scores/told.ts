/** What words are called, and what tells apart those that are alike. */
import type { Content } from "../session/content";
import { named } from "../state/names";
import { type Units, unitsOf } from "../state/units";
import { wordStarts } from "../state/word";

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

/** The title of a unit's section, without what is in parentheses: there is little room. */
function sectionOf({ sections }: Content, units: Units, unit: number): string {
  const at = units.start(unit);
  const title = sections.find(({ start, end }) => start <= at && at < end)?.title ?? "";
  return title.replace(/ \(.*\)$/, "");
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}
