/** Numbers from the data of an exported page; docs/protocol.md has its format. */
import { quantize } from "../scores/combine";
import { fromBase64 } from "./buffers";
import type { Content, HeadRule, Hiding, ScoreMap, Selection, Session } from "./session";

export interface Recording {
  readonly v: 1;
  readonly content: Content;
  readonly state: Readonly<Record<string, unknown>>;
  readonly scores: Readonly<Record<string, string>>;
  readonly attention: {
    readonly layers: number;
    readonly heads: number;
    readonly bits: 8 | 16;
    readonly scale: string;
    readonly data: string;
  } | null;
  readonly notes?: Readonly<Record<string, readonly (string | null)[]>>;
  readonly left_out: readonly string[];
}

const mapSide = 1024;

/** All heads' weights: for each layer, head and step in turn, the inputs that step could see. */
class Weights {
  readonly layers: number;
  readonly heads: number;
  readonly #steps: number;
  /** Where each step's inputs begin among those of a head; one more for the end. */
  readonly #starts: readonly number[];
  readonly #scale: Float32Array;
  readonly #data: Uint8Array | Uint16Array;
  readonly #most: number;
  /** Sums under way: pointing at word after word would leave one to collect for each. */
  readonly #all: Float64Array;

  constructor(record: NonNullable<Recording["attention"]>, { steps, inputs }: Content) {
    this.layers = record.layers;
    this.heads = record.heads;
    this.#steps = steps.count;
    const starts = [0];
    for (let s = 0; s < steps.count; s++)
      starts.push((starts[s] as number) + Math.min(steps.first + s, inputs));
    this.#starts = starts;
    this.#scale = new Float32Array(fromBase64(record.scale).buffer);
    const bytes = fromBase64(record.data);
    this.#data = record.bits === 16 ? new Uint16Array(bytes.buffer) : bytes;
    this.#most = 2 ** record.bits - 1;
    this.#all = new Float64Array(inputs);
  }

  /** What a step's inputs get from one head, in units of `unit`. */
  of(layer: number, head: number, step: number): { weights: Uint8Array | Uint16Array; unit: number } {
    const index = layer * this.heads + head;
    const from = index * (this.#starts[this.#steps] as number);
    return {
      weights: this.#data.subarray(
        from + (this.#starts[step] as number),
        from + (this.#starts[step + 1] as number),
      ),
      unit: (this.#scale[index * this.#steps + step] as number) / this.#most,
    };
  }

  /** With `only`, an input, it is right there alone: medians take a sort each. */
  row(
    step: number,
    chosen: readonly (readonly [number, number])[],
    rule: HeadRule,
    only?: number,
  ): Float32Array {
    if (rule === "median" && chosen.length > 2) return this.#medians(step, chosen, only);
    const all = this.#all.fill(0);
    let seen = 0;
    for (const [layer, head] of chosen) {
      const { weights, unit } = this.of(layer, head, step);
      seen = weights.length;
      for (let i = 0; i < seen; i++) {
        const w = unit * (weights[i] as number);
        all[i] = rule === "max" ? Math.max(all[i] as number, w) : (all[i] as number) + w;
      }
    }
    const gain = rule === "mean" || rule === "median" ? 1 / Math.max(1, chosen.length) : 1;
    const out = new Float32Array(all.length).fill(Number.NaN);
    for (let i = 0; i < seen; i++) out[i] = gain * (all[i] as number);
    return out;
  }

  #medians(step: number, chosen: readonly (readonly [number, number])[], only?: number): Float32Array {
    const rows = chosen.map(([layer, head]) => this.of(layer, head, step));
    const out = new Float32Array(this.#all.length).fill(Number.NaN);
    const each = new Float32Array(rows.length);
    const half = (rows.length - 1) / 2;
    const seen = rows[0]?.weights.length ?? 0;
    for (let i = only ?? 0; i < Math.min(seen, (only ?? seen) + 1); i++) {
      rows.forEach(({ weights, unit }, k) => {
        each[k] = unit * (weights[i] as number);
      });
      each.sort();
      out[i] = ((each[Math.floor(half)] as number) + (each[Math.ceil(half)] as number)) / 2;
    }
    return out;
  }
}

export class RecordedSession implements Session {
  readonly #content: Content;
  readonly #scores = new Map<string, Float32Array>();
  readonly #record: Recording;
  readonly #weights: Weights | null;
  readonly #inputs: number;

  constructor(record: Recording) {
    this.#record = record;
    this.#content = record.content;
    this.#inputs = record.content.inputs;
    this.#weights = record.attention && new Weights(record.attention, record.content);
  }

  async scores(selection: Selection, steps: readonly number[]): Promise<Float32Array> {
    const out = new Float32Array(steps.length * this.#inputs);
    steps.forEach((step, k) => {
      out.set(this.#row(selection, step), k * this.#inputs);
    });
    return out;
  }

  note(selection: Selection, step: number): string | null {
    return this.#record.notes?.[selection.method]?.[step] ?? null;
  }

  async column(selection: Selection, input: number): Promise<Float32Array> {
    return Float32Array.from(this.#steps(), (step) => this.#row(selection, step, input)[input] ?? Number.NaN);
  }

  async map(selection: Selection): Promise<ScoreMap> {
    const rows = this.#steps().map((step) => this.#row(selection, step));
    const inputs = this.#inputs;
    const pool = [Math.ceil(rows.length / mapSide) || 1, Math.ceil(inputs / mapSide) || 1] as const;
    const size = [Math.ceil(rows.length / pool[0]), Math.ceil(inputs / pool[1])] as const;
    const peaks = new Float32Array(size[0] * size[1]).fill(Number.NaN);
    let low = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    rows.forEach((row, s) => {
      for (let i = 0; i < inputs; i++) {
        const v = row[i] as number;
        if (Number.isNaN(v)) continue;
        low = Math.min(low, v);
        most = Math.max(most, v);
        const at = Math.floor(s / pool[0]) * size[1] + Math.floor(i / pool[1]);
        if (!(Math.abs(peaks[at] as number) >= Math.abs(v))) peaks[at] = v;
      }
    });
    const signed = this.#content.methods.find((m) => m.name === selection.method)?.signed ?? false;
    const high = Number.isFinite(most) ? (signed ? Math.max(Math.abs(low), Math.abs(most)) : most) : 0;
    const values = Uint8Array.from(peaks, (v) => quantize(v, high, signed));
    return { rows: size[0], cols: size[1], pool, low: signed ? -high : 0, high, signed, values };
  }

  async heads(steps: readonly number[], input: number | null, hide: Hiding): Promise<Float32Array> {
    const weights = this.#weights;
    if (!weights) throw new Error(this.#content.attention_note ?? "This page does not carry attention.");
    const hidden = new Set(hide.hide_special ? this.#content.tokens.special : []);
    if (hide.hide_first) hidden.add(0);
    const { source } = this.#content;
    if (hide.hide_target && source) for (let i = source; i < this.#inputs; i++) hidden.add(i);
    const mean = new Float64Array(this.#inputs);
    return Float32Array.from({ length: weights.layers * weights.heads }, (_, k) => {
      mean.fill(0);
      for (const step of steps) {
        const head = weights.of(Math.floor(k / weights.heads), k % weights.heads, step);
        const share = head.unit / steps.length;
        for (let i = 0; i < head.weights.length; i++)
          mean[i] = (mean[i] as number) + share * (head.weights[i] as number);
      }
      if (input !== null) return mean[input] ?? Number.NaN;
      let most = 0;
      for (let i = 0; i < mean.length; i++)
        if ((mean[i] as number) > most && !hidden.has(i)) most = mean[i] as number;
      return most;
    });
  }

  async foil(): Promise<never> {
    throw new Error("This page does not carry the model, which a foil takes.");
  }

  #steps(): number[] {
    return Array.from({ length: this.#content.steps.count }, (_, s) => s);
  }

  #row(selection: Selection, step: number, only?: number): Float32Array {
    const method = this.#content.methods.find((m) => m.name === selection.method);
    if (method?.attention && this.#weights) {
      const row = this.#weights.row(step, this.#chosen(selection), selection.head_rule, only);
      const { source } = method;
      return source === undefined ? row : row.map((weight, i) => (i < source ? 2 * weight : Number.NaN));
    }
    const rows = this.#scores.get(selection.method) ?? this.#decode(selection.method);
    return rows.subarray(step * this.#inputs, (step + 1) * this.#inputs);
  }

  #decode(method: string): Float32Array {
    const text = this.#record.scores[method];
    if (text === undefined) throw new Error(`This page does not carry the scores of ${method}.`);
    const rows = new Float32Array(fromBase64(text).buffer);
    this.#scores.set(method, rows);
    return rows;
  }

  #chosen({ layer, heads }: Selection): (readonly [number, number])[] {
    if (heads.length > 0) return [...heads];
    const count = this.#weights?.heads ?? 0;
    const layers = layer === null ? Array.from({ length: this.#weights?.layers ?? 0 }, (_, l) => l) : [layer];
    return layers.flatMap((l) => Array.from({ length: count }, (_, h) => [l, h] as const));
  }
}
