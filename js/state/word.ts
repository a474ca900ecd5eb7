/** The word that a unit belongs to, and the event by which a view asks for it to be changed. */
import type { Content } from "../session/content";
import { unitsOf } from "./units";

/** A word: units `first` up to `last`, both of one part of the text. */
export type Word = readonly [first: number, last: number];

const letters = /[\p{L}\p{N}]/u;
/** Scripts that are written without spaces: each character is a word to change. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const known = new WeakMap<Content, Int32Array>();
/** The first unit of each unit's word: what is written together, with no space, mark or border in between; found once. */
export function wordStarts(content: Content): Int32Array {
  const found = known.get(content);
  if (found) return found;
  const units = unitsOf(content);
  const borders = new Set([
    units.firstWritten,
    ...content.sections.flatMap(({ start, end }) => [units.of(start), units.of(end)]),
  ]);
  const joined = (u: number): boolean => {
    const [before, after] = [units.text(u - 1).slice(-1), units.text(u).slice(0, 1)];
    const whole = letters.test(before) && letters.test(after) && !unspaced.test(before + after);
    return whole && !borders.has(u) && !units.special(u - 1) && !units.special(u);
  };
  const starts = new Int32Array(units.count);
  for (let u = 1; u < units.count; u++) starts[u] = joined(u) ? (starts[u - 1] as number) : u;
  known.set(content, starts);
  return starts;
}

/** The word of a unit. */
export function wordAround(content: Content, u: number): Word {
  const starts = wordStarts(content);
  const first = starts[u] as number;
  return [first, starts.lastIndexOf(first)];
}

/** The words of a stretch of units, without special tokens. */
export function wordsOf(content: Content, [from, to]: Word): Word[] {
  const units = unitsOf(content);
  const words: Word[] = [];
  for (let u = from; u <= to; u = wordAround(content, u)[1] + 1)
    if (!units.special(u)) words.push(wordAround(content, u));
  return words;
}

const asked = "aw-edit";

/** Ask, from `element`, for the word of unit `u` to be changed. */
export const askToEdit = (element: Element, u: number): void => {
  element.dispatchEvent(new CustomEvent(asked, { bubbles: true, detail: u }));
};

/** Call `open` with each unit that a view inside `host` asks to change, and its element. */
export function whenAsked(
  host: HTMLElement,
  end: AbortSignal,
  open: (u: number, element: Element) => void,
): void {
  const heard = (event: Event) => open((event as CustomEvent<number>).detail, event.target as Element);
  host.addEventListener(asked, heard, { signal: end });
}
