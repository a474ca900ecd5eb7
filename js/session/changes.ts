/** Requests for the text with words changed, a foil in its place, or as it was before. */
import { toFloat32 } from "./buffers";
import type { Requests } from "./requests";
import type { Change, Changes, Foil, RequestOptions, Tried } from "./session";

const nothing = (): void => {};

export class KernelChanges implements Changes {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  async try(step: number, changes: readonly Change[], options?: RequestOptions): Promise<Tried> {
    const reply = await this.#requests.ask("try", { step, changes }, nothing, options);
    const [nats = Number.NaN, ...p] = toFloat32(reply.buffers[0] ?? new ArrayBuffer(0));
    const { words, answer } = reply.meta as { words: string[]; answer: string | null };
    const pair = (k: number) => [p[2 * k] ?? Number.NaN, p[2 * k + 1] ?? Number.NaN] as const;
    return { words: words.map((text, k) => [text, ...pair(k)]), nats, answer };
  }

  async likely(start: number, end: number, options?: RequestOptions): Promise<readonly string[]> {
    const reply = await this.#requests.ask("likely", { start, end }, nothing, options);
    return reply.meta.words as string[];
  }

  async keep(changes: readonly Change[], options?: RequestOptions): Promise<void> {
    await this.#requests.ask("edit", { changes }, nothing, options);
  }

  async writeOn({ step, ids }: Foil, options?: RequestOptions): Promise<void> {
    await this.#requests.ask("continue", { step, foil: ids }, nothing, options);
  }

  async back(options?: RequestOptions): Promise<void> {
    await this.#requests.ask("back", {}, nothing, options);
  }
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
