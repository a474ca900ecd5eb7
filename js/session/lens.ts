/** What each layer would have said at a step: read from the numbers of an answer, or of an exported page. */
import type { StepLens } from "./session";
import type { Numbers } from "./unpack";

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
