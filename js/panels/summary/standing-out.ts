/** Whether something stands out of the scores of a word, by the rule of results/summary.py. */

/** How many words a sentence names at most. */
export const most = 3;
/** The share that the named words must hold together. */
const half = 0.5;
/** How many times their equal part they must hold. */
const twice = 2;
/** What a word gave, of what the first gave, that is named beside those that hold most. */
const beside = 0.25;
/** A fall of the probability that is hardly one, unless most of it is gone. */
const small = 0.05;
/** What is left of a probability of which most is gone. */
const left = 0.1;

/**
 * How many of `values`, sorted from the largest, stand out: 0 unless a few hold half, and twice their equal part; with these, those
 * after them that gave a quarter of what the first gave. The part is that of the words that gave something or, where these are as
 * few as a sentence names, of all `words`.
 */
export function standingOut(values: readonly number[], words = values.length): number {
  const total = values.reduce((sum, v) => sum + v, 0);
  const known = values.filter((v) => v > 0).length;
  const of = known > most ? known : words;
  let held = 0;
  for (let count = 1; count <= Math.min(most, values.length); count++) {
    held += values[count - 1] as number;
    if (total > 0 && held >= half * total && held * of >= twice * count * total)
      return count + values.slice(count, most).filter((v) => v >= beside * (values[0] as number)).length;
  }
  return 0;
}

/** True if the probability hardly fell without the first words. */
export const hardly = (check: { readonly probability: number; readonly without: number }): boolean =>
  check.probability - check.without < small && check.without > left * check.probability;
