/** The magnitude that most values do not exceed. */

/** Magnitudes beyond this many are looked at one in so many. */
const sampled = 1 << 20;

/** The magnitude that this share of the values does not exceed; for .99 of up to 100 values, the greatest. */
export function percentile(rows: readonly (Float32Array | null)[], share: number): number {
  const total = rows.reduce((count, row) => count + (row?.length ?? 0), 0);
  const stride = Math.ceil(total / sampled);
  const found: number[] = [];
  let at = 0;
  for (const row of rows) {
    for (const v of row ?? []) if (at++ % stride === 0 && !Number.isNaN(v)) found.push(Math.abs(v));
  }
  const sorted = Float32Array.from(found).sort();
  return sorted[Math.ceil(share * (sorted.length - 1))] ?? 0;
}
