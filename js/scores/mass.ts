/** The inputs that hold most of a row: its mass is the sum of magnitudes. */
import { massOf } from "./combine";

/** Rounding errors of this much of the mass do not ask for one more unit. */
const rounding = 1e-6;
/** More than there are units. */
const places = 2 ** 21;

/** The fewest units that hold `share` (0 to 1) of the mass, the greatest first; none of a row of zeros. */
export function topMass(values: Float32Array, share: number): number[] {
  // This follows every move of the pointer, and texts have thousands of units: numbers are sorted without a function.
  // The bits of positive numbers are in their order; of equal ones the first unit comes last, to be taken first.
  const { total, count } = massOf(values);
  // All units below this size hold less together than may be left out.
  const least = ((1 - share) * total) / count;
  const sizes = new Float32Array(values.length);
  const bits = new Uint32Array(sizes.buffer);
  const keys = new Float64Array(values.length);
  let known = 0;
  for (let u = 0; u < sizes.length; u++) {
    const size = Math.abs(values[u] as number);
    if (!(size > 0 && size >= least)) continue;
    sizes[u] = size;
    keys[known++] = (bits[u] as number) * places + (places - 1 - u);
  }
  const sorted = keys.subarray(0, known).sort();
  const units: number[] = [];
  let missing = share * total;
  for (let k = known - 1; k >= 0 && missing > rounding * total; k--) {
    const u = places - 1 - ((sorted[k] as number) % places);
    units.push(u);
    missing -= sizes[u] as number;
  }
  return units;
}

/** How many units have a score, and the share of it, by magnitude, that these units hold. */
export function held(values: Float32Array, units: readonly number[]): { count: number; share: number } {
  const { count, total } = massOf(values);
  const own = units.reduce((sum, u) => sum + Math.abs(values[u] as number), 0);
  return { count, share: total > 0 ? own / total : 0 };
}
