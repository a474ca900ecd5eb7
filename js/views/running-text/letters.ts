/** Where letters of the text are on the page, whatever its units are. */
import type { Content } from "../../session/content";
import { lettersOf, unitWith } from "../../state/letters";
import { unitsOf } from "../../state/units";
import type { TextElements } from "./build";

/** A range of the page over the letters `from` up to `to`; null without any. */
export function rangeOver(text: TextElements, content: Content, from: number, to: number): Range | null {
  const place = (letter: number, past: number): [Node, number] | null => {
    const u = unitWith(content, letter);
    const node = text.units[u]?.firstChild;
    if (!node) return null;
    const at = letter - (lettersOf(content)[u] as number) - leadOf(unitsOf(content).text(u)) + past;
    return [node, Math.max(0, Math.min(at, node.textContent?.length ?? 0))];
  };
  const [start, end] = [place(from, 0), place(to - 1, 1)];
  if (!start || !end || to <= from) return null;
  const range = document.createRange();
  range.setStart(...start);
  range.setEnd(...end);
  return range;
}

/** The space before a word is outside its element. */
const leadOf = (text: string): number => (text.trim() === "" ? 0 : text.length - text.trimStart().length);
