/** Requests for the text with words changed, a foil in its place, or as it was before. */
import { numbersOf } from "./answers";
import type { Foil } from "./foil";
import type { RequestOptions, Requests } from "./requests";

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

export function kernelChanges(requests: Requests): Changes {
  const ask = (op: string, args: object, options?: RequestOptions) =>
    requests.ask(op, args, () => {}, options);
  return {
    async try(step, changes, options) {
      const reply = await ask("try", { step, changes }, options);
      const [nats = Number.NaN, ...p] = numbersOf(reply);
      const { words, answer } = reply.meta as { words: string[]; answer: string | null };
      const pair = (k: number) => [p[2 * k] ?? Number.NaN, p[2 * k + 1] ?? Number.NaN] as const;
      return { words: words.map((text, k) => [text, ...pair(k)]), nats, answer };
    },
    likely: async (start, end, options) =>
      (await ask("likely", { start, end }, options)).meta.words as string[],
    keep: async (changes, options) => void (await ask("edit", { changes }, options)),
    writeOn: async ({ step, ids }, options) => void (await ask("continue", { step, foil: ids }, options)),
    back: async (options) => void (await ask("back", {}, options)),
  };
}

const lacking = (what: string) => async (): Promise<never> => {
  throw new Error(`${what} needs the model, which this page does not carry.`);
};

/** Of a page without a model. */
export const noChanges: Changes = {
  try: lacking("Changing a word"),
  likely: lacking("Changing a word"),
  keep: lacking("Changing a word"),
  writeOn: lacking("Writing on"),
  back: lacking("Writing on"),
};
