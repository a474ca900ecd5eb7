/** What the colour scale leaves out: the sink, which takes much of a row whatever the text says, and a word's own parts. */
import type { Content, MethodInfo } from "../session/session";
import { unitsOf } from "../state/units";

/** The share of a row from which such a token is a sink. */
const much = 0.25;

interface Row {
  readonly values: Float32Array;
  readonly sink: number | null;
  readonly own: readonly number[];
}

/** The unit that is the sink of these values, null without one. Only shares have one: they tell what it took from others. */
export function sinkOf(values: Float32Array, content: Content, method: MethodInfo): number | null {
  if (!method.shares) return null;
  const units = unitsOf(content);
  let [sum, best] = [0, -1];
  for (let u = 0; u < values.length; u++) {
    const v = values[u] as number;
    if (Number.isNaN(v)) continue;
    sum += v;
    const control = u === 0 || units.special(u);
    if (control && (best < 0 || v > (values[best] as number))) best = u;
  }
  return best >= 0 && sum > 0 && (values[best] as number) > much * sum ? best : null;
}

/** The values that make the scale and the list: without the sink and the earlier parts of the word explained itself. */
export function compared({ values, sink, own }: Row): Float32Array {
  if (sink === null && own.length === 0) return values;
  return values.map((v, u) => (u === sink || own.includes(u) ? Number.NaN : v));
}
