/** Layers and heads: what each gives and where it looks, and how a kernel answers. */
import { type Answers, buffer, floats, keyOf } from "./answers";
import { fromBase64, toBytes } from "./buffers";
import type { Reply, RequestOptions } from "./requests";

/** A layer and a head, both from 0. */
export type Head = readonly [layer: number, head: number];

/** How several heads become one. */
export const headRules = ["mean", "sum", "max", "median"] as const;
export type HeadRule = (typeof headRules)[number];

/** The attention of some tokens, `rows`, to some tokens, `columns`; both up to the second number. */
export interface AttentionPart {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly [start: number, end: number];
  readonly columns: readonly [start: number, end: number];
  readonly layers: number;
  readonly heads: number;
  /** Each row is a step. */
  readonly of_steps: boolean;
}

/** A head, its share, and the inputs that it reads most. */
export type TopHead = readonly [layer: number, head: number, share: number, inputs: readonly number[]];

/** What each head gives to some steps. */
export interface HeadShares {
  /** float32 `[layers, heads]`: shares of what all heads give from inputs other than the sinks. */
  readonly shares: Float32Array;
  /** The input that the shares are of, where they are of one alone. */
  readonly of: number | null;
  /** By the gradient, by the norms of values, or by attention alone. */
  readonly reading: "gradient" | "values" | "attention";
  /** Inputs left out, and what they hold of all. */
  readonly sinks: readonly (readonly [input: number, share: number])[];
  readonly top: readonly TopHead[];
}

/** A small picture of each head's attention, all on one scale. */
export interface Glance {
  readonly rows: number;
  readonly cols: number;
  /** The weight that 254 stands for; 255 is where no step saw an input. */
  readonly high: number;
  /** Of each layer and head in turn: steps by inputs. */
  readonly values: Uint8Array;
}

export interface Heads {
  /** What each head gives to `steps`, in the mean: from all inputs, or from `input`. `foil` has an id, for one step. */
  heads(
    steps: readonly number[],
    input: number | null,
    foil: readonly number[] | null,
    options?: RequestOptions,
  ): Promise<HeadShares>;
  /** The same if it is known already, without asking for it. */
  knownHeads(
    steps: readonly number[],
    input: number | null,
    foil: readonly number[] | null,
  ): HeadShares | null;
  /** A picture of `rows` by `cols` of each head, of a part of the attention or, without one, of the steps. */
  glance(rows: number, cols: number, options?: RequestOptions, part?: string): Promise<Glance>;
  /** float32 `[rows, cols]`: the greatest weights of one head in a part of the attention. */
  headMap(
    part: string,
    head: Head,
    rows: number,
    cols: number,
    options?: RequestOptions,
  ): Promise<Float32Array>;
}

/** What heads give to some steps, as it came with the state; `shares` is base64 of little-endian float32 `[layers, heads]`. */
export type SentHeads = Omit<HeadShares, "shares" | "of"> & { readonly shares: string };

interface Shape {
  readonly rows: number;
  readonly cols: number;
}

const argsOf = (steps: readonly number[], input: number | null, foil: readonly number[] | null) =>
  foil === null ? { steps, input } : { steps, input, foil };

/** Heads from a kernel, and what keeps shares that it sent unasked. */
export function kernelHeads(answers: Answers) {
  const heads: Heads = {
    heads: (steps, input, foil, options) => {
      const read = (reply: Reply): HeadShares => {
        const { rows, cols, ...meta } = reply.meta as unknown as Shape & Omit<HeadShares, "shares" | "of">;
        return { ...meta, of: input, shares: floats(reply, rows * cols) };
      };
      return answers.ask("heads", argsOf(steps, input, foil), read, options);
    },
    knownHeads: (steps, input, foil) =>
      (answers.cache.get(keyOf("heads", argsOf(steps, input, foil))) as HeadShares | undefined) ?? null,
    glance: (rows, cols, options, part) => {
      const read = (reply: Reply): Glance => {
        const { high, layers, heads } = reply.meta as unknown as Record<"high" | "layers" | "heads", number>;
        return { rows, cols, high, values: toBytes(buffer(reply, layers * heads * rows * cols)) };
      };
      return answers.ask("glance", { rows, cols, ...(part ? { part } : {}) }, read, options);
    },
    headMap: (part, [layer, head], rows, cols, options) => {
      const read = (reply: Reply) => floats(reply, rows * cols);
      return answers.ask("head_map", { part, layer, head, rows, cols }, read, options);
    },
  };
  const remember = (steps: readonly number[], sent: SentHeads) => {
    const shares = new Float32Array(fromBase64(sent.shares).buffer);
    answers.cache.set(
      keyOf("heads", argsOf(steps, null, null)),
      { ...sent, of: null, shares },
      shares.byteLength,
    );
  };
  return [heads, remember] as const;
}
