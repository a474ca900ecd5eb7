/** What stretches of tokens hold: sentences, sections, places that were searched for. */
import type { Content } from "../session/content";
import { unitsOf } from "../state/units";
import { topMass } from "./mass";
import type { Span } from "./sentences";
import type { ShownScores } from "./shown-scores";

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

/** The fewest of the spans that hold most of what all of them hold, in their order. */
export function keptOf(tokens: Float32Array, spans: readonly Span[]): number[] {
  const mass = Float32Array.from(spans, (span) => massIn(tokens, span));
  return topMass(mass, most).sort((a, b) => a - b);
}
