/** What a question's card is given, and where its answers go: the widget's traits, or an exported page. */

export type Kind = "number" | "text" | "choice" | "input" | "step" | "head" | "method" | "edit";

export interface Verdict {
  /** Null: it is not counted. */
  readonly right: boolean | null;
  readonly says: string;
}

/** Python's trait `question`. */
export interface Question {
  readonly text: string;
  readonly kind: Kind;
  readonly choices: readonly string[];
  readonly hints: readonly string[];
  /** How many hints were taken. */
  readonly taken: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly lang: string;
  /** The last answer that was counted. */
  readonly given: readonly string[];
  readonly verdict: Verdict | null;
}

/** Python's trait `reply`: a hint was taken or, with `given`, an answer is to be marked. */
export interface Reply {
  readonly n: number;
  readonly hints: number;
  readonly given?: readonly string[];
}

/** The part of an anywidget model that a card uses. */
export interface Asked {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  save_changes(): void;
}
