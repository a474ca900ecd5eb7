/** What the colour scale leaves out: sinks, which take much of a row whatever the text says, and a word's own parts. */
import type { Content } from "../session/content";
import { unitsOf } from "../state/units";
import { massOf } from "./combine";

/** The share of a row, by magnitude, from which such a token is a sink. */
const much = 0.25;

interface Row {
  readonly values: Float32Array;
  readonly sinks: readonly number[];
  readonly own: readonly number[];
}

/** The units that are sinks of these values: control tokens, or the first of a text, beside others with a score. */
export function sinksOf(values: Float32Array, content: Content): number[] {
  const units = unitsOf(content);
  const { total, count } = massOf(values);
  const sinks: number[] = [];
  if (count < 2) return sinks;
  for (let u = 0; u < values.length; u++)
    if (
      Math.abs(values[u] as number) > much * total &&
      (u === 0 || units.start(u) === content.source || units.special(u))
    )
      sinks.push(u);
  return sinks;
}

/** The values that make the scale and the list: without sinks and the earlier parts of the word explained itself. */
export function compared({ values, sinks, own }: Row): Float32Array {
  if (sinks.length + own.length === 0) return values;
  const out = values.slice();
  for (const u of sinks) out[u] = Number.NaN;
  for (const u of own) out[u] = Number.NaN;
  return out;
}
