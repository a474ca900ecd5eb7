/** What each layer would have said at a step: read from the numbers of an answer, or of an exported page. */
import { type Answers, cacheBytes, floats } from "./answers";
import { Cache } from "./cache";
import type { Reply, RequestOptions } from "./requests";
import type { Numbers } from "./unpack";

/** What each layer would have said at a step. Arrays by layer; of `words` and `p`, `top` for each layer. */
export interface StepLens {
  readonly top: number;
  /** The probability and the rank of what was said. */
  readonly said: Float32Array;
  readonly rank: Float32Array;
  /** The likeliest words, and their probabilities. */
  readonly words: readonly string[];
  readonly p: Float32Array;
  /** float32 `[layers, rivals]`. */
  readonly rivals: Float32Array;
}

export interface Lens {
  /**
   * What each layer would have said at each of `steps`: its five likeliest words, and p of the rivals `ids` at one step.
   * An exported page has its own rivals: the first alternatives.
   */
  lens(
    steps: readonly number[],
    options?: RequestOptions,
    ids?: readonly (number | null)[],
  ): Promise<readonly StepLens[]>;
  /** The same, without rivals, of a step if it is known already. */
  knownLens(step: number): StepLens | null;
}

/** Where the numbers come from: for each step and layer in turn p and rank of what was said, words with p, rivals' p. */
export interface LensNumbers {
  readonly layers: number;
  readonly top: number;
  readonly words: readonly string[];
  readonly rivals: number;
}

/** The lens of the `k`-th step in `numbers`. */
export function readLens(
  { layers, top, words, rivals }: LensNumbers,
  numbers: Float32Array,
  k: number,
): StepLens {
  const width = 2 + 2 * top + rivals;
  const each = (count: number, first: number, step = 1) =>
    Float32Array.from(
      { length: layers * count },
      (_, i) => numbers[(k * layers + Math.floor(i / count)) * width + first + step * (i % count)] as number,
    );
  return {
    top,
    said: each(1, 0),
    rank: each(1, 1),
    words: Array.from(each(top, 2, 2), (i) => words[i] ?? ""),
    p: each(top, 3, 2),
    rivals: each(rivals, 2 + 2 * top),
  };
}

export function kernelLens(answers: Answers): Lens {
  const lenses = answers.emptied(new Cache<StepLens>(cacheBytes));
  const keyOf = (step: number, ids: readonly (number | null)[]): string => `${step} ${ids}`;
  return {
    async lens(steps, options, ids = []) {
      const known = (step: number) => lenses.get(keyOf(step, ids));
      const missing = steps.filter((step) => !known(step));
      const keep = (reply: Reply) => {
        const numbers = { ...(reply.meta as unknown as LensNumbers), rivals: ids.length };
        const size = numbers.layers * (2 + 2 * numbers.top + ids.length);
        const values = floats(reply, missing.length * size);
        missing.forEach((step, k) => {
          lenses.set(keyOf(step, ids), readLens(numbers, values, k), 8 * size);
        });
      };
      if (missing.length > 0) {
        const args = { steps: missing, top: 5, ...(ids.length > 0 && { ids }) };
        const reply = await answers.requests.ask("lens", args, keep, options);
        if (!known(missing[0] as number)) keep(reply);
      }
      return steps.map((step) => known(step) as StepLens);
    },
    knownLens: (step) => lenses.get(keyOf(step, [])) ?? null,
  };
}

/** In an exported page: numbers as 16 bits, of which probabilities are divided by 65,535. */
export interface RecordedLens extends LensNumbers {
  readonly data: Numbers;
}

/** The numbers of a recorded lens. */
export function recordedNumbers({ top, rivals, data }: RecordedLens): Float32Array {
  const width = 2 + 2 * top + rivals;
  const whole = (column: number) => column === 1 || (column < 2 + 2 * top && column % 2 === 0 && column > 0);
  return Float32Array.from(new Uint16Array(data.buffer), (q, i) => (whole(i % width) ? q : q / 65_535));
}
