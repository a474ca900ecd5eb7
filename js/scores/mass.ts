/** The inputs that hold most of a row: its mass is the sum of magnitudes. */

/** Rounding errors of this much of the mass do not ask for one more unit. */
const rounding = 1e-6;

/** The fewest units that hold `share` (0 to 1) of the mass, the greatest first; none of a row of zeros. */
export function topMass(values: Float32Array, share: number): number[] {
  // Plain loops: this follows every move of the pointer, and texts have thousands of units.
  const sizes = new Float32Array(values.length);
  let [known, total] = [0, 0];
  for (const v of values) {
    const size = Math.abs(v);
    if (!(size > 0)) continue;
    sizes[known++] = size;
    total += size;
  }
  const sorted = sizes.subarray(0, known).sort();
  let [missing, cut] = [share * total, known];
  while (cut > 0 && missing > rounding * total) missing -= sorted[--cut] as number;
  const least = sorted[cut] ?? Number.POSITIVE_INFINITY;
  const units: number[] = [];
  for (let u = 0; u < values.length; u++) if (Math.abs(values[u] as number) >= least) units.push(u);
  units.sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number));
  return units.slice(0, known - cut);
}
