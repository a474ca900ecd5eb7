/** Find out whether the scores shown order the inputs unlike leaving one out does. */

/** The method that others are compared with. */
export const reference = "leave_one_out";
/** Kendall's tau under which two orders disagree. */
const least = 0.3;

/** Kendall's tau-b of two lists (Kendall 1945), which counts ties exactly; pairs with NaN are left out. */
export function kendallTau(x: Float32Array, y: Float32Array): number {
  const known = [...x.keys()].filter((i) => !Number.isNaN(x[i]) && !Number.isNaN(y[i]));
  const [a, b] = [
    Float32Array.from(known, (i) => x[i] as number),
    Float32Array.from(known, (i) => y[i] as number),
  ];
  let [sum, inX, inY] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [
        Math.sign((a[i] as number) - (a[j] as number)),
        Math.sign((b[i] as number) - (b[j] as number)),
      ];
      sum += dx * dy;
      inX += Math.abs(dx);
      inY += Math.abs(dy);
    }
  }
  return sum / Math.sqrt(inX * inY);
}

/**
 * The input that leaving one out puts first, when it orders the inputs unlike `scores`; else null. Signed scores are
 * compared by value, others by size.
 */
export function disagreement(scores: Float32Array, signed: boolean, other: Float32Array): number | null {
  const tau = signed ? kendallTau(scores, other) : kendallTau(scores.map(Math.abs), other.map(Math.abs));
  return tau < least ? highest(other) : null;
}

/** The index of the greatest number; null without one. */
export function highest(values: Float32Array): number | null {
  let best: number | null = null;
  values.forEach((v, i) => {
    if (!Number.isNaN(v) && (best === null || v > (values[best] as number))) best = i;
  });
  return best;
}
