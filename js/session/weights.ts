/** The attention weights in the data of an exported page. */
import type { Content } from "./content";
import type { Head, HeadRule } from "./heads";
import type { Numbers } from "./unpack";

/**
 * Quantised weights: `data` has `bits` for each weight, `scale` the greatest weight of each layer, head and step. With 11 bits `scale`
 * has the second greatest, and `largest` the greatest itself, in whose place 1535 stands.
 */
export interface RecordedAttention {
  readonly layers: number;
  readonly heads: number;
  readonly bits: 8 | 11 | 16;
  readonly scale: Numbers;
  readonly data: Numbers;
  readonly largest?: Numbers;
}

/** The weights of a row: `unit` times each number, but for `top`, which stands for `largest`. */
export interface Quantized {
  readonly weights: Uint8Array | Uint16Array;
  readonly unit: number;
  readonly top: number;
  readonly largest: number;
}

export const weightAt = ({ weights, unit, top, largest }: Quantized, i: number): number =>
  weights[i] === top ? largest : unit * (weights[i] as number);

/** The weights of all heads: for each layer, head and step in turn, the inputs that the step could see. */
export class Weights {
  readonly layers: number;
  readonly heads: number;
  readonly #steps: number;
  /** Offsets of each step's weights within a head, and the end of the last. */
  readonly #starts: readonly number[];
  readonly #scale: Float32Array;
  readonly #data: Uint8Array | Uint16Array;
  readonly #most: number;
  readonly #largest: Float32Array | null;
  /** Reused for the sums of every row, so that hovering leaves no garbage. */
  readonly #all: Float64Array;

  constructor(record: RecordedAttention, { steps, inputs }: Content) {
    this.layers = record.layers;
    this.heads = record.heads;
    this.#steps = steps.count;
    const starts = [0];
    for (let s = 0; s < steps.count; s++)
      starts.push((starts[s] as number) + Math.min(steps.first + s, inputs));
    this.#starts = starts;
    this.#scale = new Float32Array(record.scale.buffer);
    this.#data = record.bits === 8 ? record.data : new Uint16Array(record.data.buffer);
    this.#largest = record.largest ? new Float32Array(record.largest.buffer) : null;
    this.#most = this.#largest ? 1534 : 2 ** record.bits - 1;
    this.#all = new Float64Array(inputs);
  }

  /** The quantised weights of one head at one step. */
  of(layer: number, head: number, step: number): Quantized {
    const index = layer * this.heads + head;
    const row = index * this.#steps + step;
    const from = index * (this.#starts[this.#steps] as number);
    return {
      weights: this.#data.subarray(
        from + (this.#starts[step] as number),
        from + (this.#starts[step + 1] as number),
      ),
      unit: (this.#scale[row] as number) / this.#most,
      top: this.#largest ? this.#most + 1 : -1,
      largest: this.#largest?.[row] ?? Number.NaN,
    };
  }

  /** The row of several heads, joined by `rule`. With `only`, medians are computed at that input alone: each is a sort. */
  row(step: number, chosen: readonly Head[], rule: HeadRule, only?: number): Float32Array {
    if (rule === "median" && chosen.length > 2) return this.#medians(step, chosen, only);
    const all = this.#all.fill(0);
    const greatest = rule === "max";
    let seen = 0;
    for (const [layer, head] of chosen) {
      const { weights, unit, top, largest } = this.of(layer, head, step);
      seen = weights.length;
      for (let i = 0; i < seen; i++) {
        const q = weights[i] as number;
        const w = q === top ? largest : unit * q;
        all[i] = greatest ? Math.max(all[i] as number, w) : (all[i] as number) + w;
      }
    }
    const gain = rule === "mean" || rule === "median" ? 1 / Math.max(1, chosen.length) : 1;
    const out = new Float32Array(all.length).fill(Number.NaN);
    for (let i = 0; i < seen; i++) out[i] = gain * (all[i] as number);
    return out;
  }

  #medians(step: number, chosen: readonly Head[], only?: number): Float32Array {
    const rows = chosen.map(([layer, head]) => this.of(layer, head, step));
    const out = new Float32Array(this.#all.length).fill(Number.NaN);
    const each = new Float32Array(rows.length);
    const half = (rows.length - 1) / 2;
    const seen = rows[0]?.weights.length ?? 0;
    for (let i = only ?? 0; i < Math.min(seen, (only ?? seen) + 1); i++) {
      rows.forEach((row, k) => {
        each[k] = weightAt(row, i);
      });
      each.sort();
      out[i] = ((each[Math.floor(half)] as number) + (each[Math.ceil(half)] as number)) / 2;
    }
    return out;
  }
}
