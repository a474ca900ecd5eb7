/** A pooled, quantised picture of all scores, made in the page. */
import { quantize } from "../session/quantize";
import type { ScoreMap } from "../session/scores";
import { greatest } from "./combine";
import { percentile } from "./percentile";

/** The most rows and columns of a map. */
const mapSide = 1024;

/** The map of `rows` of `inputs` scores: of each block the one of greatest magnitude. Its scale ends at `floor` at least. */
export function mapOf(
  rows: readonly Float32Array[],
  inputs: number,
  signed: boolean,
  floor: number,
): ScoreMap {
  const pool = [Math.ceil(rows.length / mapSide) || 1, Math.ceil(inputs / mapSide) || 1] as const;
  const size = [Math.ceil(rows.length / pool[0]), Math.ceil(inputs / pool[1])] as const;
  const peaks = new Float32Array(size[0] * size[1]).fill(Number.NaN);
  rows.forEach((row, s) => {
    for (let i = 0; i < inputs; i++) {
      const v = row[i] as number;
      if (Number.isNaN(v)) continue;
      const at = Math.floor(s / pool[0]) * size[1] + Math.floor(i / pool[1]);
      if (!(Math.abs(peaks[at] as number) >= Math.abs(v))) peaks[at] = v;
    }
  });
  const most = greatest(peaks);
  const high = percentile([peaks], 0.99) || most;
  const values = Uint8Array.from(peaks, (v) => quantize(v, high, signed));
  const low = signed ? -high : 0;
  return { rows: size[0], cols: size[1], pool, low, high, greatest: most, floor, signed, values };
}
