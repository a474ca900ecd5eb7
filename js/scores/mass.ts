/** The inputs that hold most of a row: its mass is the sum of magnitudes. */

/** Rounding errors of this much of the mass do not ask for one more unit. */
const rounding = 1e-6;

/** The fewest units that hold `share` (0 to 1) of the mass, the greatest first; none of a row of zeros. */
export function topMass(values: Float32Array, share: number): number[] {
  const sizes = values.map(Math.abs);
  const sorted = sizes.filter((size) => size > 0).sort();
  const total = sorted.reduce((sum, size) => sum + size, 0);
  let [missing, cut] = [share * total, sorted.length];
  while (cut > 0 && missing > rounding * total) missing -= sorted[--cut] as number;
  const least = sorted[cut] ?? Number.POSITIVE_INFINITY;
  const units: number[] = [];
  sizes.forEach((size, u) => {
    if (size >= least) units.push(u);
  });
  units.sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
  return units.slice(0, sorted.length - cut);
}
