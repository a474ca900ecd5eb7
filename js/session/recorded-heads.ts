/** What each head gives, in the data of an exported page. */
import type { Content } from "./content";
import type { HeadShares, TopHead } from "./heads";
import type { Numbers } from "./unpack";

/** Quantised shares: of each step, then of all steps together. */
export interface RecordedHeads {
  readonly steps: readonly Pick<HeadShares, "reading" | "sinks" | "top">[];
  /** The greatest share of each. */
  readonly scale: Numbers;
  /** A byte for each share `[steps + 1, layers, heads]`. */
  readonly data: Numbers;
  /** Where they are few: the greatest share of each step and input that it sees, and a byte for each of its heads. */
  readonly pairs: { readonly scale: Numbers; readonly data: Numbers } | null;
}

interface Quantized {
  readonly scale: Float32Array;
  readonly data: Uint8Array;
}

const decode = ({ scale, data }: Pick<RecordedHeads, "scale" | "data">): Quantized => ({
  scale: new Float32Array(scale.buffer),
  data,
});

/** Answers for the heads as Python would. */
export class GivenByHeads {
  readonly #record: RecordedHeads;
  readonly #content: Content;
  readonly #shares: Quantized;
  readonly #pairs: Quantized | null;
  /** Where the inputs of each step begin among the pairs, and where those of the last one end. */
  readonly #starts: readonly number[];

  constructor(record: RecordedHeads, content: Content) {
    this.#record = record;
    this.#content = content;
    this.#shares = decode(record);
    this.#pairs = record.pairs && decode(record.pairs);
    const starts = [0];
    for (let s = 0; s < content.steps.count; s++)
      starts.push((starts[s] as number) + Math.min(content.steps.first + s, content.inputs));
    this.#starts = starts;
  }

  /** What heads give to `steps`, of all inputs or, where that is recorded, of `input`. */
  of(steps: readonly number[], input: number | null): HeadShares {
    const all = steps.length > 1 && steps.length === this.#content.steps.count;
    const entries = all ? [steps.length] : steps;
    const [first] = entries.map((entry) => this.#record.steps[entry]);
    const kept = { reading: first?.reading ?? "attention", sinks: this.#sinks(entries) } as const;
    if (input !== null && this.#pairs) {
      const shares = this.#ofInput(this.#pairs, steps, input);
      return { ...kept, of: input, shares, top: this.#top(shares, () => [input]) };
    }
    const shares = this.#mean(this.#shares, entries);
    const known = entries.flatMap((entry) => this.#record.steps[entry]?.top ?? []);
    const read = (l: number, h: number) => known.find((top) => top[0] === l && top[1] === h)?.[3] ?? [];
    const top = entries.length === 1 ? (first?.top ?? []) : this.#top(shares, read);
    return { ...kept, of: null, shares, top };
  }

  #sinks(entries: readonly number[]): HeadShares["sinks"] {
    const sums = new Map<number, number>();
    for (const entry of entries)
      for (const [input, share] of this.#record.steps[entry]?.sinks ?? [])
        sums.set(input, (sums.get(input) ?? 0) + share / entries.length);
    return [...sums];
  }

  #mean({ scale, data }: Quantized, columns: readonly number[]): Float32Array {
    const size = this.#content.layers * this.#content.heads;
    const out = new Float32Array(size);
    for (const column of columns) {
      const unit = (scale[column] ?? 0) / 255 / columns.length;
      for (let k = 0; k < size; k++) out[k] = (out[k] as number) + unit * (data[column * size + k] ?? 0);
    }
    return out;
  }

  #ofInput(pairs: Quantized, steps: readonly number[], input: number): Float32Array {
    const start = (step: number) => this.#starts[step] as number;
    const columns = steps
      .map((step) => start(step) + input)
      .filter((at, k) => at < start((steps[k] as number) + 1));
    const mean = this.#mean(pairs, columns);
    const total = mean.reduce((sum, v) => sum + v, 0);
    return total > 0 ? mean.map((v) => v / total) : mean;
  }

  #top(shares: Float32Array, read: (layer: number, head: number) => readonly number[]): TopHead[] {
    const { heads } = this.#content;
    const order = [...shares.keys()].sort((a, b) => (shares[b] as number) - (shares[a] as number));
    return order
      .slice(0, 3)
      .filter((k) => (shares[k] as number) > 0)
      .map((k) => {
        const [layer, head] = [Math.floor(k / heads), k % heads];
        return [layer, head, shares[k] as number, read(layer, head)] as const;
      });
  }
}
