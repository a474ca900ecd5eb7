/** The places of a text where the words searched for occur, and what they carry. */
import type { Span } from "../../scores/sentences";
import { massIn } from "../../scores/spans";
import type { Content } from "../../session/content";
import { unitWith } from "../../state/letters";
import { unitsOf } from "../../state/units";

/** A place: letters of the whole text, and the tokens that have them. */
export interface Hit extends Span {
  readonly from: number;
  readonly to: number;
}

/** A hit that carries more than this share of the text is counted. */
const much = 0.01;

/** Where `words` occur in what was sent, in any case of their letters. */
export function hitsOf(sent: Content, words: string): Hit[] {
  const wanted = words
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\s+/g, "\\s+");
  if (!wanted) return [];
  const units = unitsOf(sent);
  const text = units.joined(Array.from({ length: units.count }, (_, u) => u));
  return [...text.matchAll(new RegExp(wanted, "giu"))].map(({ index, 0: { length } }) => ({
    from: index,
    to: index + length,
    start: units.start(unitWith(sent, index)),
    end: units.end(unitWith(sent, index + length - 1)),
  }));
}

/** "7 hits · 2 carry more than 1 %". */
export function hitsText(hits: readonly Hit[], tokens: Float32Array | null): string {
  const count = `${hits.length} hit${hits.length === 1 ? "" : "s"}`;
  if (!tokens || hits.length === 0) return count;
  const total = massIn(tokens, { start: 0, end: tokens.length });
  const carry = hits.filter((hit) => massIn(tokens, hit) > much * total).length;
  return `${count} · ${carry === 0 ? "none carries" : carry === 1 ? "1 carries" : `${carry} carry`} more than 1 %`;
}
