/** The scores of all steps as one plane to paint: exact columns as they arrive, or a pooled map. */

import { Pyramid } from "../draw/pyramid";
import { dequantize, quantize } from "../session/quantize";
import type { MethodInfo, ScoreMap } from "../session/scores";
import { greatest, type ScoreOptions, unitScores, withoutHidden } from "./combine";
import { percentile } from "./percentile";
import type { Shape } from "./shape";

export class Field {
  readonly shape: Shape;
  readonly signed: boolean;
  #steps = new Map<number, Float32Array>();
  #columns = new Map<number, Float32Array>();
  #map: ScoreMap | null = null;
  #options: ScoreOptions;
  #pyramid: Pyramid | null = null;
  #high = 0;
  #greatest = 0;
  #floor = 0;
  #hatched: Uint8Array;

  constructor(shape: Shape, { signed }: Pick<MethodInfo, "signed">, options: ScoreOptions) {
    this.shape = shape;
    this.signed = signed;
    this.#options = this.#cut(options);
    this.#hatched = this.#options.hidden;
  }

  /** Add exact scores, `[steps.length, inputs]`; the colour scale ends at `floor` at least. */
  put(steps: readonly number[], scores: Float32Array, floor = 0): void {
    this.#floor = Math.max(this.#floor, floor);
    const { inputs } = this.shape;
    steps.forEach((step, k) => {
      this.#steps.set(step, scores.subarray(k * inputs, (k + 1) * inputs));
    });
    this.#columns.clear();
    if (!this.#map) this.#pyramid = null;
  }

  /** Use a pooled map of all scores. */
  putMap(map: ScoreMap): void {
    this.#map = map;
    this.#floor = Math.max(this.#floor, map.floor);
    this.#pyramid = null;
  }

  /** Read the scores with these options. */
  read(options: ScoreOptions): void {
    this.#options = this.#cut(options);
    this.#columns.clear();
    this.#pyramid = null;
  }

  /** The steps of these columns whose exact scores are missing. */
  missing(columns: readonly number[]): number[] {
    return columns.flatMap((c) => this.shape.steps[c] ?? []).filter((step) => !this.#steps.has(step));
  }

  /** The exact column as shown, NaN where an input is not seen or hidden; null while its scores are missing. */
  column(c: number): Float32Array | null {
    const known = this.#columns.get(c);
    if (known) return known;
    const rows = (this.shape.steps[c] ?? []).map((step) => this.#steps.get(step));
    if (rows.some((row) => row === undefined)) return null;
    const { starts, ends } = this.shape;
    const { shown } = unitScores(rows as Float32Array[], starts, ends, this.#options);
    this.#columns.set(c, shown);
    return shown;
  }

  isHidden(row: number): boolean {
    return this.#options.hidden[row] === 1;
  }

  /** True if a step of the column could see a token of the row. */
  seen(row: number, column: number): boolean {
    const last = this.shape.steps[column]?.at(-1) ?? -1;
    return (this.shape.starts[row] ?? Number.POSITIVE_INFINITY) < this.shape.firstStep + last;
  }

  /** The end of the colour scale: one cell in a hundred may be beyond it, so that a few do not pale all others. */
  get high(): number {
    this.pyramid();
    return this.#high;
  }

  /** The greatest magnitude shown. */
  get greatest(): number {
    this.pyramid();
    return this.#greatest;
  }

  /** 1 for each row to hatch: the hidden ones and, in a pooled map, those that share a cell with a hidden one. */
  get hatched(): Uint8Array {
    this.pyramid();
    return this.#hatched;
  }

  pyramid(): Pyramid {
    if (this.#pyramid) return this.#pyramid;
    const [width, height] = [this.shape.steps.length, this.shape.starts.length];
    const columns = this.#mapColumns() ?? Array.from({ length: width }, (_, c) => this.column(c));
    const most = columns.reduce((high, column) => Math.max(high, column ? greatest(column) : 0), 0);
    this.#greatest = Math.max(most, this.#map?.greatest ?? 0);
    this.#high = Math.max(percentile(columns, 0.99) || most, this.#floor);
    const values = new Uint8Array(width * height).fill(255);
    columns.forEach((column, c) => {
      if (!column) return;
      for (let r = 0; r < height; r++) {
        values[r * width + c] = quantize(column[r] as number, this.#high, this.signed);
      }
    });
    this.#pyramid = new Pyramid({ width, height, values }, this.signed);
    return this.#pyramid;
  }

  /** Rows are the units that are inputs; others are never hidden from them. */
  #cut(options: ScoreOptions): ScoreOptions {
    return { ...options, hidden: options.hidden.subarray(0, this.shape.starts.length) };
  }

  #mapColumns(): Float32Array[] | null {
    const map = this.#map;
    this.#hatched = this.#options.hidden;
    if (!map) return null;
    const { starts, ends, steps } = this.shape;
    const [poolSteps, poolInputs] = map.pool;
    const cellOf = starts.map((start) => Math.floor(start / poolInputs));
    const { hidden, renormalize } = this.#options;
    const mixed = new Set(cellOf.filter((_, r) => hidden[r]));
    this.#hatched = Uint8Array.from(cellOf, (cell) => (mixed.has(cell) ? 1 : 0));
    return steps.map((of) => {
      const raw = Float32Array.from(starts, (_, r) => {
        let best = Number.NaN;
        for (let cell = cellOf[r] as number; cell * poolInputs < (ends[r] as number); cell++) {
          for (const step of of) {
            const q = map.values[Math.floor(step / poolSteps) * map.cols + cell] as number;
            const v = dequantize(q, map.high, map.signed);
            if (!(Math.abs(v) <= Math.abs(best))) best = Number.isNaN(v) ? best : v;
          }
        }
        return best;
      });
      return withoutHidden(raw, this.#hatched, renormalize);
    });
  }
}
