/** Scores: the methods that give them, how they are asked for, and how a kernel answers. */

import { type Answers, buffer, floats } from "./answers";
import { fromBase64, toBytes } from "./buffers";
import type { Head, HeadRule } from "./heads";
import type { Reply, RequestOptions } from "./requests";

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

/** What the scores of a step add up from, and the score of the model that they should add up to. */
export type Sums = readonly [base: number, score: number];

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

export interface Scores {
  /** float32 `[steps.length, inputs]`, row by row; NaN where a step could not see an input. */
  scores(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array>;
  /** float32 `[inputs]`: the sum of the rows of steps in a row, by one backward pass; only where Python runs, of a method that `joins`. */
  joined?(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array>;
  /** The scores of a step if they are known already, without asking for them. */
  known(query: ScoreQuery, step: number): Float32Array | null;
  /** The note on the scores of a step, or of joined steps, known once they are computed. */
  note(query: ScoreQuery, step: Steps): string | null;
  /** What the scores of a step should add up to, known once they are computed; null where nothing is promised. */
  sums(query: ScoreQuery, step: number): Sums | null;
  /** float32 `[steps]`: the score of one input for each step. */
  column(query: ScoreQuery, input: number, options?: RequestOptions): Promise<Float32Array>;
  /** All scores, pooled and quantised. */
  map(query: ScoreQuery, options?: RequestOptions): Promise<ScoreMap>;
}

/** A step, or several of one row. */
type Steps = number | readonly number[];

/** What stands beside the scores of steps, for each; left out where there is none. */
export interface Beside {
  readonly notes?: readonly (string | null)[];
  readonly sums?: readonly (Sums | null)[];
}

/** Scores that came with the state; `rows` is base64 of little-endian float32 `[steps, inputs]`. */
export interface SentScores extends Beside {
  readonly query: ScoreQuery;
  readonly steps: readonly number[];
  readonly rows: string;
}

/** The most floats in one answer: 512 kB. */
const answerFloats = 131_072;

/** The same for equal queries, whatever the order of their parts: a saved notebook has sorted them. */
const rowKey = ({ method, layer, heads, head_rule, foil }: ScoreQuery, step: Steps): string =>
  `row ${JSON.stringify([method, layer, heads, head_rule, foil ?? null, step])}`;

/** Options of a request for `count` of `all` steps, from the one numbered `from`: its progress is that of them all. */
function partOf(options: RequestOptions, from: number, count: number, all: number): RequestOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  return { ...options, onProgress: (done, total) => onProgress(from + (count * done) / total, all) };
}

/** Scores from a kernel, and what keeps those that it sent unasked; `inputs` gives the number of inputs in a row. */
export function kernelScores(answers: Answers, inputs: () => number) {
  const { cache, requests } = answers;
  const notes = answers.emptied(new Map<string, string>());
  const sums = answers.emptied(new Map<string, Sums>());
  const known = (query: ScoreQuery, step: number) =>
    (cache.get(rowKey(query, step)) as Float32Array | undefined) ?? null;

  const keep = (query: ScoreQuery, steps: readonly number[], rows: Float32Array, beside: Beside): void => {
    const width = rows.length / steps.length;
    steps.forEach((step, k) => {
      const key = rowKey(query, step);
      cache.set(key, rows.slice(k * width, (k + 1) * width), 4 * width);
      const [note, sum] = [beside.notes?.[k], beside.sums?.[k]];
      if (note) notes.set(key, note);
      if (sum) sums.set(key, sum);
    });
  };

  /** Ask for the rows of `steps`; they are kept even if nobody waits for them any more. */
  const ask = async (
    query: ScoreQuery,
    steps: readonly number[],
    width: number,
    options: RequestOptions,
  ): Promise<Float32Array> => {
    const count = steps.length * width;
    const kept = (reply: Reply) => keep(query, steps, floats(reply, count), reply.meta as Beside);
    return floats(await requests.ask("scores", { ...query, steps }, kept, options), count);
  };

  const scores: Required<Scores> = {
    async scores(query, steps, options = {}) {
      const width = inputs();
      const rows = new Map(steps.map((step) => [step, known(query, step)]));
      const missing = [...rows.keys()].filter((step) => !rows.get(step));
      const most = Math.max(1, Math.floor(answerFloats / Math.max(1, width)));
      for (let from = 0; from < missing.length; from += most) {
        const part = missing.slice(from, from + most);
        const found = await ask(query, part, width, partOf(options, from, part.length, missing.length));
        part.forEach((step, k) => {
          rows.set(step, found.subarray(k * width, (k + 1) * width));
        });
      }
      const out = new Float32Array(steps.length * width);
      steps.forEach((step, k) => {
        out.set(rows.get(step) as Float32Array, k * width);
      });
      return out;
    },
    async joined(query, steps, options) {
      const read = (reply: Reply) => {
        const [note] = (reply.meta as Beside).notes ?? [];
        if (note) notes.set(rowKey(query, steps), note);
        return floats(reply, inputs());
      };
      return answers.ask("scores", { ...query, steps, joined: true }, read, options);
    },
    known,
    note: (query, step) => notes.get(rowKey(query, step)) ?? null,
    sums: (query, step) => sums.get(rowKey(query, step)) ?? null,
    column: (query, input, options) =>
      answers.ask("column", { ...query, input }, (reply) => floats(reply, Number(reply.meta.rows)), options),
    map: (query, options) =>
      answers.ask(
        "map",
        query,
        (reply) => {
          const meta = reply.meta as unknown as Omit<ScoreMap, "values">;
          return { ...meta, values: toBytes(buffer(reply, meta.rows * meta.cols)) };
        },
        options,
      ),
  };
  const remember = (sent: SentScores) =>
    keep(sent.query, sent.steps, new Float32Array(fromBase64(sent.rows).buffer), sent);
  return [scores, remember] as const;
}
