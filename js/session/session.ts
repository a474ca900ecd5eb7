/** The interface through which views get their numbers; docs/protocol.md has the meaning of each field. */

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

/** A named part of the text: tokens from `start` up to `end`. */
export interface Section {
  readonly title: string;
  readonly start: number;
  readonly end: number;
  /** Where the message itself stands, if a chat template wrote the tokens around it. */
  readonly body?: readonly [start: number, end: number];
  /** A few words beside the title: "stopped at 20 tokens". */
  readonly note?: string;
}

export interface ExpertsInfo {
  readonly layers: readonly string[];
  readonly count: number;
}

/** The documents and tools that the sentences of an answer may rest on, and about how long it takes to find out. */
export interface RestsInfo {
  readonly units: readonly (readonly [title: string, start: number, end: number])[];
  readonly sentences: readonly (readonly [start: number, end: number])[];
  readonly seconds: number;
  /** Another tool than the one called: from a step on, `text` would stand there instead. */
  readonly tools: readonly (readonly [called: string, name: string, step: number, text: string])[];
  /** Of an exported page: by how many nats each sentence falls without each unit. */
  readonly falls?: readonly (readonly number[])[];
}

export interface Content {
  readonly v: 1;
  readonly model: string;
  readonly tokens: {
    readonly count: number;
    readonly start: readonly number[];
    readonly text: readonly string[];
    readonly special: readonly number[];
  };
  /** The number of tokens, from the first, that are inputs of some step. */
  readonly inputs: number;
  /** The number of tokens, from the first, that the encoder of an encoder–decoder reads. */
  readonly source?: number;
  readonly sections: readonly Section[];
  /** The first token of each thought of the answer, and one past its last. */
  readonly thoughts?: readonly (readonly [number, number])[];
  /** The first token of each word, sentence, message, and of the parts of a prompt; the first three cover all tokens. */
  readonly groups?: Readonly<Record<Exclude<Grouping, "token"> | "part", readonly number[]>>;
  /** What the units are, if they are coarser than Python sent them. */
  readonly grouped?: Grouping;
  /** The first token of each sentence of the answer, its thoughts among them. */
  readonly answer_sentences?: readonly number[];
  readonly steps: {
    readonly first: number;
    readonly count: number;
    /** The steps of the word that is explained before anybody points at one. */
    readonly suggested?: readonly number[];
    /** The input at which each step is read, where it is a word of the text: a mask, or a token with a label. */
    readonly places?: readonly number[];
    /** The words for one step and for several where steps are not tokens: "class", "classes". */
    readonly step_noun?: readonly [string, string];
    /** Null where a recorded explanation does not carry it. */
    readonly probability: readonly (number | null)[];
    readonly rank: readonly (number | null)[];
    readonly entropy: readonly (number | null)[];
    readonly alternatives: readonly (readonly Alternative[])[];
  };
  readonly methods: readonly MethodInfo[];
  /** Footer text of each method for contrastive scores. Methods without contrast are absent; empty without a model. */
  readonly contrast: Readonly<Record<string, string>>;
  /** The same of each method that compares whole words, for foils of several tokens. */
  readonly contrast_whole?: Readonly<Record<string, string>>;
  /** About how many seconds a check takes; null or left out where nothing can be checked. */
  readonly check_seconds?: number | null;
  /** How many layers can say what they would have said, and about how many seconds one step takes. */
  readonly lens?: { readonly layers: number; readonly seconds: number };
  /** Why none can. */
  readonly lens_note?: string;
  /** Words can be changed; `mask` is the token that a masked language model fills in. */
  readonly editing?: { readonly mask: string | null };
  /** Words that were changed: tokens `start` up to `end` stand in the place of the text `was`. */
  readonly edits?: readonly (readonly [start: number, end: number, was: string])[];
  readonly answer_before?: string;
  /** What may be left out before the answer, and, where that was done, what it changed. */
  readonly contexts?: readonly OfferedContext[];
  /** A foil was put in its place and the model wrote on, or words were changed. */
  readonly continued?: boolean;
  /** Queries and keys can be read. */
  readonly query_keys?: boolean;
  /** The layers that have experts, by name, and how many each has at most; only where Python runs. */
  readonly experts?: ExpertsInfo;
  /** The documents and tools that were given with the question, where there are two. */
  readonly rests?: RestsInfo;
  /** A corpus that words are searched in; only where Python runs. */
  readonly corpus?: CorpusInfo;
  /** The parts of the attention, of which Heads shows one; the first at first. Left out where there is one alone. */
  readonly parts?: readonly AttentionPart[];
  readonly layers: number;
  readonly heads: number;
  readonly attention_note: string | null;
  readonly warnings: readonly string[];
}

export interface OfferedContext {
  /** "system message". */
  readonly title: string;
  readonly spans: readonly (readonly [start: number, end: number])[];
  readonly found?: FoundContext;
}

/** What a context changed in the answer. */
export interface FoundContext {
  /** How many tokens of the answer follow it. */
  readonly count: number;
  /** The threshold of the measure, and the largest divergence of two predictions, in nats. */
  readonly threshold: number;
  readonly largest: number;
  readonly changed: readonly Changed[];
}

/** A token that a context changed, with p with it and without it. */
export interface Changed {
  readonly step: number;
  readonly p: number;
  readonly without: number;
  /** What would come first without the context; null where that is the token itself. */
  readonly instead: string | null;
  /** The words of the context that did it, by their tokens, and their shares. */
  readonly cues: readonly (readonly [start: number, end: number, share: number])[];
}

/** Another token that the model considered at a step; `id` is its token id, or null without the model. */
export type Alternative = readonly [text: string, probability: number, id: number | null];

/** What a step is contrasted with: tokens, of which several are compared whole. */
export interface Foil {
  readonly step: number;
  readonly ids: readonly number[];
  readonly text: string;
}

/** Another text for the tokens `start` up to `end`, or nothing. */
export type Change = readonly [start: number, end: number, text: string];

/** What changes do to a step. */
export interface Tried {
  /** The word explained, and those that lead after the change, with their probabilities. */
  readonly words: readonly (readonly [text: string, before: number, after: number])[];
  /** By how much the log-probability of the word explained changes. */
  readonly nats: number;
  /** The new answer of a model that reads a text at once. */
  readonly answer: string | null;
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
  /** The question it answers: "need", "depend", "push" or "look". */
  readonly question?: string;
  /** About how long the scores of a word take, where that is known. */
  readonly seconds?: number;
  /** One backward pass gives the sum of the rows of several steps. */
  readonly joins?: boolean;
  /** Of cross-attention: it covers this many inputs, from the first, at twice their weight among all. */
  readonly source?: number;
}

/** Which inputs are hidden: special tokens, the first token, the tokens that a decoder has read. */
export type Hiding = Readonly<Record<"hide_special" | "hide_first" | "hide_target", boolean>>;

/** The probability of a step, or of those of a word together, without some inputs, and without as many others drawn at random. */
export interface Check {
  /** The positions masked: special tokens and the first token never are. */
  readonly inputs: readonly number[];
  readonly probability: number;
  readonly without: number;
  /** One for each draw, ascending. */
  readonly others: readonly number[];
  /** The positions masked in the draw with the lowest probability. */
  readonly lowest?: readonly number[];
}

/** A layer and a head, both from 0. */
export type Head = readonly [layer: number, head: number];
/** How several heads become one. */
export const headRules = ["mean", "sum", "max", "median"] as const;
export type HeadRule = (typeof headRules)[number];
/** What is read together. */
export const groupings = ["token", "word", "sentence", "message"] as const;
export type Grouping = (typeof groupings)[number];
/** How the tokens of a unit become one. */
export const unitRules = ["sum", "mean", "max"] as const;
export type UnitRule = (typeof unitRules)[number];
/** How several steps become one. */
export type SpanRule = "mean" | "sum";

/** What the scores of a step add up from, and the score of the model that they should add up to. */
export type Sums = readonly [base: number, score: number];

/** Which scores to compute. */
export interface ScoreQuery {
  readonly method: string;
  readonly layer: number | null;
  readonly heads: readonly Head[];
  readonly head_rule: HeadRule;
  /** For `scores` of one step: the ids of the tokens that it is contrasted with. */
  readonly foil?: readonly number[];
  /** Shares are passed on through the answer's own words. */
  readonly through?: true;
}

/** A pooled, quantised picture of all scores; 255 stands for NaN. */
export interface ScoreMap {
  readonly rows: number;
  readonly cols: number;
  readonly pool: readonly [number, number];
  readonly low: number;
  readonly high: number;
  /** The greatest magnitude of all scores: those beyond `high` have its byte. */
  readonly greatest: number;
  /** The least end of the colour scale. */
  readonly floor: number;
  readonly signed: boolean;
  readonly values: Uint8Array;
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

/** What each layer would have said at a step. Arrays by layer; of `words` and `p`, `top` for each layer. */
export interface StepLens {
  readonly top: number;
  /** The probability and the rank of what was said. */
  readonly said: Float32Array;
  readonly rank: Float32Array;
  /** The likeliest words, and their probabilities. */
  readonly words: readonly string[];
  readonly p: Float32Array;
  /** float32 `[layers, rivals]`. */
  readonly rivals: Float32Array;
}

/** A corpus: its size, the layers kept, how many heads each has, and the labels of its words. */
export interface CorpusInfo {
  readonly texts: number;
  readonly tokens: number;
  readonly layers: readonly number[];
  readonly heads: number;
  readonly annotations: readonly string[];
}

/** A search for the place where a step is read, or for a token, by the state at a layer or by heads of it. */
export interface SimilarArgs {
  readonly step: number | null;
  readonly token: number | null;
  readonly layer: number;
  readonly heads: readonly number[] | null;
  readonly k: number;
}

/** An answer as it was sent; the panel that asked reads it. */
export interface Asked {
  readonly meta: object;
  readonly numbers: Float32Array;
}

/** The forms of a figure that Python makes for a page, which makes SVG and PNG itself. */
export type FileForm = "pdf" | "tex" | "md" | "csv";

export interface FigureArgs {
  readonly columns: 1 | 2;
  readonly theme: "light" | "dark";
  readonly caption: boolean;
  /** The traits that say what is shown. */
  readonly state: object;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The text with words changed, a foil in its place, or as it was before. */
export interface Changes {
  /** What `changes` do to a step. */
  try(step: number, changes: readonly Change[], options?: RequestOptions): Promise<Tried>;
  /** A few words that the model finds likely in the place of these tokens. */
  likely(start: number, end: number, options?: RequestOptions): Promise<readonly string[]>;
  /** Change the text and have the model answer anew; then there is other content. */
  keep(changes: readonly Change[], options?: RequestOptions): Promise<void>;
  /** Put the foil in its place and have the model write on; then there is other content. */
  writeOn(foil: Foil, options?: RequestOptions): Promise<void>;
  /** Return to the answer before. */
  back(options?: RequestOptions): Promise<void>;
}

export interface Session {
  readonly changes: Changes;
  /** float32 `[steps.length, inputs]`, row by row; NaN where a step could not see an input. */
  scores(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array>;
  /** float32 `[inputs]`: the sum of the rows of steps in a row, by one backward pass; only where Python runs, of a method that `joins`. */
  joined?(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array>;
  /** The scores of a step if they are known already, without asking for them. */
  known(query: ScoreQuery, step: number): Float32Array | null;
  /** The note on the scores of a step, or of joined steps, known once they are computed. */
  note(query: ScoreQuery, step: number | readonly number[]): string | null;
  /** What the scores of a step should add up to, known once they are computed; null where nothing is promised. */
  sums(query: ScoreQuery, step: number): Sums | null;
  /** float32 `[steps]`: the score of one input for each step. */
  column(query: ScoreQuery, input: number, options?: RequestOptions): Promise<Float32Array>;
  /** All scores, pooled and quantised. */
  map(query: ScoreQuery, options?: RequestOptions): Promise<ScoreMap>;
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
  /** What a panel that is opened on request reads in its own way, such as queries and keys. */
  ask(op: string, args: object, options?: RequestOptions): Promise<Asked>;
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
  /** Mask `inputs` of a step, then as many others. */
  check(steps: readonly number[], inputs: readonly number[], options?: RequestOptions): Promise<Check>;
  /** That check if it was made already. */
  checked(steps: readonly number[], inputs: readonly number[]): Check | null;
  /**
   * What each layer would have said at each of `steps`: its five likeliest words, and p of the rivals `ids` at one step.
   * An exported page has its own rivals: the first alternatives.
   */
  lens(
    steps: readonly number[],
    options?: RequestOptions,
    ids?: readonly (number | null)[],
  ): Promise<readonly StepLens[]>;
  /** The same, without rivals, of a step if it is known already. */
  knownLens(step: number): StepLens | null;
  /** The figure of a state as a file; only where Python runs, which draws it. */
  figure?(form: FileForm, asked: FigureArgs, options?: RequestOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** `text` as the foil of a step. */
  foil(step: number, text: string, options?: RequestOptions): Promise<Foil>;
}
