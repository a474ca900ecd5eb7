/** What may be left out before the answer, for the panel that leaves it out. */

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
