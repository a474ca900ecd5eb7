/** Where the numbers come from. Views know only this interface; see docs/protocol.md for the meaning of each field. */

export interface Content {
  readonly v: 1;
  readonly model: string;
  readonly tokens: {
    readonly count: number;
    readonly start: readonly number[];
    readonly text: readonly string[];
    readonly special: readonly number[];
  };
  /** How many of the tokens, from the first, are inputs of some step. */
  readonly inputs: number;
  /** How many of them, from the first, an encoder reads, where a decoder reads the others. */
  readonly source?: number;
  readonly sections: readonly { readonly title: string; readonly start: number; readonly end: number }[];
  readonly steps: {
    readonly first: number;
    readonly count: number;
    /** What a step is and what several are, where they are no tokens: "class", "classes". */
    readonly step_noun?: readonly [string, string];
    /** Null where it is not known: recorded explanations may not carry it. */
    readonly probability: readonly (number | null)[];
    readonly rank: readonly (number | null)[];
    readonly entropy: readonly (number | null)[];
    readonly alternatives: readonly (readonly Alternative[])[];
  };
  readonly methods: readonly MethodInfo[];
  /** What each method says of itself when there is a foil; empty without a model to ask, and left out has no use for one. */
  readonly contrast: Readonly<Record<string, string>>;
  readonly layers: number;
  readonly heads: number;
  readonly attention_note: string | null;
  readonly warnings: readonly string[];
}

/** What a step might have been, and the model's number of it where it can be a foil. */
export type Alternative = readonly [text: string, probability: number, id: number | null];

/** What a step is contrasted with. */
export interface Foil {
  readonly step: number;
  readonly id: number;
  readonly text: string;
}

export interface MethodInfo {
  readonly name: string;
  readonly title: string;
  readonly signed: boolean;
  /** Each row of scores sums to 1. */
  readonly shares: boolean;
  /** Reads attention, so layers and heads can be picked. */
  readonly attention: boolean;
  /** For the footer, e.g. "saliency of log-probability, L2 norm". */
  readonly description: string;
  /** Cross-attention alone: of the first so many inputs, at twice their weight among all. */
  readonly source?: number;
}

/** Which inputs are left out: control tokens, the first, what a decoder has read. */
export type Hiding = Readonly<Record<"hide_special" | "hide_first" | "hide_target", boolean>>;

/** A layer and a head, both from 0. */
export type Head = readonly [layer: number, head: number];
export type HeadRule = "mean" | "median" | "sum" | "max";

export interface Selection {
  readonly method: string;
  readonly layer: number | null;
  readonly heads: readonly Head[];
  readonly head_rule: HeadRule;
  /** For `scores` of one step: what it is contrasted with. */
  readonly foil?: number;
}

/** A pooled, quantised picture of all scores; 255 stands for NaN. */
export interface ScoreMap {
  readonly rows: number;
  readonly cols: number;
  readonly pool: readonly [number, number];
  readonly low: number;
  readonly high: number;
  readonly signed: boolean;
  readonly values: Uint8Array;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Session {
  /** float32 `[steps.length, inputs]`, row by row; NaN where an input was not there yet. */
  scores(selection: Selection, steps: readonly number[], options?: RequestOptions): Promise<Float32Array>;
  /** A sentence that belongs beside a step's scores, once they are there. */
  note(selection: Selection, step: number): string | null;
  /** float32 `[steps]`: what each step drew from one input. */
  column(selection: Selection, input: number, options?: RequestOptions): Promise<Float32Array>;
  map(selection: Selection, options?: RequestOptions): Promise<ScoreMap>;
  /** float32 `[layers, heads]`: how strongly each head serves the held steps. */
  heads(
    steps: readonly number[],
    input: number | null,
    hide: Hiding,
    options?: RequestOptions,
  ): Promise<Float32Array>;
  /** What a word is as the foil of a step. */
  foil(step: number, text: string, options?: RequestOptions): Promise<Foil>;
}
