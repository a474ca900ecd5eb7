/** What stretches of tokens hold: sentences, sections, places that were searched for. */
import type { Content } from "../session/session";
import { unitsOf } from "../state/units";
import { topMass } from "./mass";
import type { ShownScores } from "./shown-scores";

/** Tokens `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How much of a text the sentences that matter hold. */
export const most = 0.8;

/** The scores of tokens without sinks, which are off the scale; null before they are known. */
export function tokensOf(shown: ShownScores | null, content: Content): Float32Array | null {
  if (!shown?.tokens) return null;
  if (shown.sinks.length === 0) return shown.tokens;
  const units = unitsOf(content);
  const tokens = shown.tokens.slice();
  for (const u of shown.sinks) tokens.fill(Number.NaN, units.start(u), units.end(u));
  return tokens;
}

/** The sum of the scores that are known. */
export function sumIn(tokens: Float32Array, { start, end }: Span): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += tokens[i] || 0;
  return sum;
}

/** The sum of magnitudes. */
export function massIn(tokens: Float32Array, { start, end }: Span): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.abs(tokens[i] || 0);
  return sum;
}

const known = new WeakMap<object, readonly Span[]>();

/** The sentences of a prompt, without control tokens and what a chat template wrote. */
export function sentencesOf(content: Content): readonly Span[] {
  const { groups, sections, steps, tokens } = content;
  if (!groups) return [];
  const found = known.get(groups);
  if (found) return found;
  const special = new Set(tokens.special);
  const { sentence } = groups;
  const spans = sentence
    .map((start, k) => ({ start, end: sentence[k + 1] ?? tokens.count }))
    .filter(({ start }) => {
      if (start >= steps.first || special.has(start)) return false;
      const section = sections.find((one) => one.start <= start && start < one.end);
      return !section?.body || (section.body[0] <= start && start < section.body[1]);
    });
  known.set(groups, spans);
  return spans;
}

/** The fewest of the spans that hold most of what all of them hold, in their order. */
export function keptOf(tokens: Float32Array, spans: readonly Span[]): number[] {
  const mass = Float32Array.from(spans, (span) => massIn(tokens, span));
  return topMass(mass, most).sort((a, b) => a - b);
}
