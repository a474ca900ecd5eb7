/** From the scores of tokens to what is drawn: several steps as one, units, hidden inputs, a common scale. */

/** Several steps read as one: their mean or sum. An input that a step could not see yet counts as nothing from it. */
export function combine(rows: readonly Float32Array[], rule: "mean" | "sum"): Float32Array {
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

/** Units of several tokens get the sum; `ends[u]` is one past the last token of unit `u`. */
export function toUnits(row: Float32Array, starts: readonly number[], ends: readonly number[]): Float32Array {
  const out = new Float32Array(starts.length).fill(Number.NaN);
  for (let u = 0; u < out.length; u++) {
    for (let i = starts[u] as number; i < (ends[u] as number); i++) {
      const v = row[i] as number;
      const before = out[u] as number;
      if (!Number.isNaN(v)) out[u] = Number.isNaN(before) ? v : before + v;
    }
  }
  return out;
}

/** `row` with what is hidden taken out; `renormalize` gives the hidden share to the rest, so that the sum stays. */
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

/** The greatest magnitude among the numbers, 0 when there is none. */
export function greatest(values: Float32Array): number {
  let most = 0;
  for (const v of values) if (Math.abs(v) > most) most = Math.abs(v);
  return most;
}

/** One byte for a value, as in a `map` answer: 255 for NaN, else 0..254 up from zero, or 0..254 about 127. */
export function quantize(v: number, high: number, signed: boolean): number {
  if (Number.isNaN(v)) return 255;
  const share = high > 0 ? Math.min(1, Math.max(-1, v / high)) : 0;
  return signed ? 127 + Math.round(127 * share) : Math.round(254 * Math.max(0, share));
}

/** The value a byte stands for. */
export function dequantize(q: number, high: number, signed: boolean): number {
  if (q === 255) return Number.NaN;
  return signed ? (high * (q - 127)) / 127 : (high * q) / 254;
}
