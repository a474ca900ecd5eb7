/** What a step is contrasted with, and how a kernel finds it. */
import type { RequestOptions, Requests } from "./requests";

/** Tokens, of which several are compared whole. */
export interface Foil {
  readonly step: number;
  readonly ids: readonly number[];
  readonly text: string;
}

/** `text` as the foil of a step. */
export type FindFoil = (step: number, text: string, options?: RequestOptions) => Promise<Foil>;

export const kernelFoil =
  (requests: Requests): FindFoil =>
  async (step, text, options) => {
    const reply = await requests.ask("foil", { step, text }, () => {}, options);
    return reply.meta as unknown as Foil;
  };
