/** Small pictures of all heads from the weights that an exported page carries, as page/glance.py makes them. */
import { percentile } from "../scores/percentile";
import type { Content } from "./content";
import type { Glance } from "./heads";
import { quantize } from "./quantize";
import { type Weights, weightAt } from "./weights";

/** Where each of `parts` parts of `count` begins, and where the last ends. */
const borders = (parts: number, count: number): readonly number[] =>
  Array.from({ length: parts + 1 }, (_, k) => Math.floor((k * count) / parts));

export function glanceOf(weights: Weights, content: Content, rows: number, cols: number): Glance {
  const { steps, inputs, tokens } = content;
  const [bands, columns] = [borders(rows, steps.count), borders(cols, inputs)];
  const peaks = new Float32Array(weights.layers * weights.heads * rows * cols).fill(Number.NaN);
  for (let head = 0; head < weights.layers * weights.heads; head++) {
    for (let row = 0; row < rows; row++) {
      const at = (head * rows + row) * cols;
      for (let step = bands[row] as number; step < (bands[row + 1] as number); step++) {
        const layer = Math.floor(head / weights.heads);
        const seen = weights.of(layer, head % weights.heads, step);
        for (let col = 0; col < cols; col++) {
          const end = Math.min(columns[col + 1] as number, seen.weights.length);
          for (let i = columns[col] as number; i < end; i++) {
            const weight = weightAt(seen, i);
            if (!((peaks[at + col] as number) >= weight)) peaks[at + col] = weight;
          }
        }
      }
    }
  }
  const sinks = [0, ...tokens.special].filter((i) => i < inputs);
  const left = new Set(sinks.map((i) => columns.findLastIndex((start) => start <= i)));
  const counted = peaks.filter((_, k) => !left.has(k % cols));
  const high = percentile([counted], 0.99) || percentile([peaks], 1);
  return { rows, cols, high, values: Uint8Array.from(peaks, (v) => quantize(v, high, false)) };
}
