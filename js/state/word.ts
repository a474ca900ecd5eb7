/** The word that a unit belongs to, and the event by which a view asks for it to be changed. */
import type { Content } from "../session/session";
import { unitsOf } from "./units";

/** A word: units `first` up to `last`, both of one part of the text. */
export type Word = readonly [first: number, last: number];

const letters = /[\p{L}\p{N}]/u;
/** Scripts that are written without spaces: each character is a word to change. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The units that are written together with `u`: no space, no mark and no border is between them. */
export function wordAround(content: Content, u: number): Word {
  const units = unitsOf(content);
  const borders = new Set([
    units.firstWritten,
    ...content.sections.flatMap(({ start, end }) => [units.of(start), units.of(end)]),
  ]);
  const joined = (left: number): boolean => {
    const [before, after] = [units.text(left).slice(-1), units.text(left + 1).slice(0, 1)];
    const whole = letters.test(before) && letters.test(after) && !unspaced.test(before + after);
    return whole && !borders.has(left + 1) && !units.special(left) && !units.special(left + 1);
  };
  let [first, last] = [u, u];
  while (first > 0 && joined(first - 1)) first--;
  while (last + 1 < units.count && joined(last)) last++;
  return [first, last];
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
