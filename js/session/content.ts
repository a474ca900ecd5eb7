/** What a page is given first: the text, its steps, and what can be asked about them; docs/protocol.md has the meaning of each field. */
import type { OfferedContext } from "./contexts";
import type { CorpusInfo } from "./corpus";
import type { ExpertsInfo } from "./experts";
import type { AttentionPart } from "./heads";
import type { RestsInfo } from "./rests";
import type { MethodInfo } from "./scores";
import type { Grouping } from "./units";

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

/** Another token that the model considered at a step; `id` is its token id, or null without the model. */
export type Alternative = readonly [text: string, probability: number, id: number | null];

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
