/** Turn the scores of tokens into those of units: join steps, add up tokens, take hidden inputs out. */
import type { SpanRule, UnitRule } from "../session/units";

/** Join the rows of several steps by their mean or sum. An input that a step could not see counts as 0. */
export function combine(rows: readonly Float32Array[], rule: SpanRule): Float32Array {
  const [only] = rows;
  if (only && rows.length === 1) return only;
  const out = new Float32Array(only?.length ?? 0).fill(Number.NaN);
  const weight = rule === "mean" ? 1 / rows.length : 1;
  for (const row of rows) {
    for (let i = 0; i < out.length; i++) {
      const v = row[i] as number;
      if (Number.isNaN(v)) continue;
      const before = out[i] as number;
      out[i] = (Number.isNaN(before) ? 0 : before) + weight * v;
    }
  }
  return out;
}

/**
 * Join the tokens of each unit: by their sum, their mean, or the one of greatest magnitude. `ends[u]` is one past the last token of
 * unit `u`.
 */
export function toUnits(
  row: Float32Array,
  starts: readonly number[],
  ends: readonly number[],
  rule: UnitRule = "sum",
): Float32Array {
  const out = new Float32Array(starts.length).fill(Number.NaN);
  for (let u = 0; u < out.length; u++) {
    let known = 0;
    for (let i = starts[u] as number; i < (ends[u] as number); i++) {
      const v = row[i] as number;
      if (Number.isNaN(v)) continue;
      const before = out[u] as number;
      if (known++ === 0) out[u] = v;
      else if (rule !== "max") out[u] = before + v;
      else if (Math.abs(v) > Math.abs(before)) out[u] = v;
    }
    if (rule === "mean" && known > 1) out[u] = (out[u] as number) / known;
  }
  return out;
}

/** Set hidden units to NaN; `renormalize` gives their share to the others, so that the sum stays. */
export function withoutHidden(row: Float32Array, hidden: Uint8Array, renormalize: boolean): Float32Array {
  if (!hidden.includes(1)) return row;
  let all = 0;
  let kept = 0;
  for (let i = 0; i < row.length; i++) {
    const v = row[i] as number;
    if (Number.isNaN(v)) continue;
    all += v;
    if (!hidden[i]) kept += v;
  }
  const gain = renormalize && kept > 0 ? all / kept : 1;
  return row.map((v, i) => (hidden[i] ? Number.NaN : v * gain));
}

/** The greatest magnitude, 0 without numbers. */
export function greatest(values: Float32Array): number {
  let most = 0;
  // An iterator would take ten times as long, and this follows every move of the pointer.
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number) || 0);
  return most;
}

/** How many values are known, what they add up to, and their magnitudes. */
export function massOf(values: Float32Array): { count: number; sum: number; total: number } {
  let [count, sum, total] = [0, 0, 0];
  // An iterator would take ten times as long, and this follows every move of the pointer.
  for (let u = 0; u < values.length; u++) {
    const v = values[u] as number;
    if (Number.isNaN(v)) continue;
    count++;
    sum += v;
    total += Math.abs(v);
  }
  return { count, sum, total };
}

/** How the person wants scores to be read. */
export interface ScoreOptions {
  readonly hidden: Uint8Array;
  readonly renormalize: boolean;
  readonly spanRule: SpanRule;
  /** Left out: their sum. */
  readonly unitRule?: UnitRule;
}

/** The scores of each unit: `all` of them, and `shown` without the hidden ones. */
export function unitScores(
  rows: readonly Float32Array[],
  starts: readonly number[],
  ends: readonly number[],
  { hidden, renormalize, spanRule, unitRule }: ScoreOptions,
): { all: Float32Array; shown: Float32Array } {
  const all = toUnits(combine(rows, spanRule), starts, ends, unitRule);
  return { all, shown: withoutHidden(all, hidden, renormalize) };
}
