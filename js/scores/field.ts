/** The numbers behind the matrix: exact columns as they arrive, or a pooled map, as one plane to paint. */

import { Pyramid } from "../draw/pyramid";
import type { ScoreMap } from "../session/session";
import { combine, dequantize, greatest, quantize, toUnits, withoutHidden } from "./combine";
import type { Shape } from "./shape";

/** What the person chose to see of the numbers. */
export interface Reading {
  readonly hidden: Uint8Array;
  readonly renormalize: boolean;
  readonly spanRule: "mean" | "sum";
}

export class Field {
  readonly shape: Shape;
  readonly signed: boolean;
  readonly #shares: boolean;
  #steps = new Map<number, Float32Array>();
  #columns = new Map<number, Float32Array>();
  #map: ScoreMap | null = null;
  #reading: Reading;
  #pyramid: Pyramid | null = null;
  #high = 0;
  #hatched: Uint8Array;

  constructor(
    shape: Shape,
    method: { readonly signed: boolean; readonly shares: boolean },
    reading: Reading,
  ) {
    this.shape = shape;
    this.signed = method.signed;
    this.#shares = method.shares;
    this.#reading = reading;
    this.#hatched = reading.hidden;
  }

  /** Exact scores `[steps.length, inputs]`. */
  put(steps: readonly number[], scores: Float32Array): void {
    const { inputs } = this.shape;
    steps.forEach((step, k) => {
      this.#steps.set(step, scores.subarray(k * inputs, (k + 1) * inputs));
    });
    this.#columns.clear();
    if (!this.#map) this.#pyramid = null;
  }

  putMap(map: ScoreMap): void {
    this.#map = map;
    this.#pyramid = null;
  }

  read(reading: Reading): void {
    this.#reading = reading;
    this.#columns.clear();
    this.#pyramid = null;
  }

  /** Steps of these columns whose exact scores are not there. */
  missing(columns: readonly number[]): number[] {
    return columns.flatMap((c) => this.shape.steps[c] ?? []).filter((step) => !this.#steps.has(step));
  }

  /** The exact column as shown, NaN where not read yet or hidden; null when its scores are not there. */
  column(c: number): Float32Array | null {
    const known = this.#columns.get(c);
    if (known) return known;
    const rows = (this.shape.steps[c] ?? []).map((step) => this.#steps.get(step));
    if (rows.some((row) => row === undefined)) return null;
    const { hidden, renormalize, spanRule } = this.#reading;
    const units = toUnits(combine(rows as Float32Array[], spanRule), this.shape.starts, this.shape.ends);
    const made = withoutHidden(units, hidden, renormalize && this.#shares);
    this.#columns.set(c, made);
    return made;
  }

  isHidden(row: number): boolean {
    return this.#reading.hidden[row] === 1;
  }

  /** Whether some step of the column could see some token of the row. */
  seen(row: number, column: number): boolean {
    const last = this.shape.steps[column]?.at(-1) ?? -1;
    return (this.shape.starts[row] ?? Number.POSITIVE_INFINITY) < this.shape.firstStep + last;
  }

  /** The greatest magnitude shown, the end of the colour scale. */
  get high(): number {
    this.pyramid();
    return this.#high;
  }

  /** Rows to hatch. In a pooled map a row is hatched too when it shares its cell with a hidden one. */
  get hatched(): Uint8Array {
    this.pyramid();
    return this.#hatched;
  }

  pyramid(): Pyramid {
    if (this.#pyramid) return this.#pyramid;
    const [width, height] = [this.shape.steps.length, this.shape.starts.length];
    const columns = this.#mapColumns() ?? Array.from({ length: width }, (_, c) => this.column(c));
    this.#high = columns.reduce((most, column) => Math.max(most, column ? greatest(column) : 0), 0);
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

  #mapColumns(): Float32Array[] | null {
    const map = this.#map;
    this.#hatched = this.#reading.hidden;
    if (!map) return null;
    const { starts, ends, steps } = this.shape;
    const [poolSteps, poolInputs] = map.pool;
    const cellOf = starts.map((start) => Math.floor(start / poolInputs));
    const { hidden, renormalize } = this.#reading;
    const spoilt = new Set(cellOf.filter((_, r) => hidden[r]));
    this.#hatched = Uint8Array.from(cellOf, (cell) => (spoilt.has(cell) ? 1 : 0));
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
      return withoutHidden(raw, this.#hatched, renormalize && this.#shares);
    });
  }
}
