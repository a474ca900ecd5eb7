/** A session whose numbers come from a live kernel. */
import { fromBase64, toBytes, toFloat32 } from "./buffers";
import { Cache } from "./cache";
import { KernelChanges } from "./changes";
import { type LensNumbers, readLens } from "./lens";
import { type Channel, type Reply, Requests, type Timing } from "./requests";
import type {
  Asked,
  Changes,
  Check,
  FigureArgs,
  FileForm,
  Foil,
  Glance,
  Head,
  HeadShares,
  RequestOptions,
  ScoreMap,
  ScoreQuery,
  Session,
  StepLens,
  Sums,
} from "./session";

const cacheBytes = 16 << 20;
/** The most floats in one answer: 512 kB. */
const answerFloats = 131_072;

function buffer(reply: Reply, bytes: number): NonNullable<Reply["buffers"][number]> {
  const [only] = reply.buffers;
  if (!only)
    throw new Error(
      "The numbers did not arrive: this notebook's front end does not pass on binary messages.",
    );
  if (only.byteLength !== bytes) {
    throw new Error(`The answer from Python has ${only.byteLength} bytes instead of ${bytes}. Please retry.`);
  }
  return only;
}

function floats(reply: Reply, count: number): Float32Array {
  return toFloat32(buffer(reply, 4 * count));
}

/** Options of a request for `count` of `all` steps, from the one numbered `from`: its progress is that of them all. */
function partOf(options: RequestOptions, from: number, count: number, all: number): RequestOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  return { ...options, onProgress: (done, total) => onProgress(from + (count * done) / total, all) };
}

/** A step, or several of one row. */
type Steps = number | readonly number[];

/** The same for equal queries, whatever the order of their parts: a saved notebook has sorted them. */
const rowKey = ({ method, layer, heads, head_rule, foil }: ScoreQuery, step: Steps): string =>
  `row ${JSON.stringify([method, layer, heads, head_rule, foil ?? null, step])}`;

interface Shape {
  readonly rows: number;
  readonly cols: number;
}

/** What answers hold. */
type Kept = Float32Array | ScoreMap | Glance | HeadShares | Asked;

const bytesOf = (value: Kept): number =>
  "shares" in value
    ? value.shares.byteLength
    : "numbers" in value
      ? value.numbers.byteLength
      : "values" in value && !(value instanceof Float32Array)
        ? value.values.length
        : (value as Float32Array).byteLength;

const keyOf = (op: string, args: object): string => `${op} ${JSON.stringify(args)}`;

const headArgs = (steps: readonly number[], input: number | null, foil: readonly number[] | null) =>
  foil === null ? { steps, input } : { steps, input, foil };
const lensKey = (step: number, ids: readonly (number | null)[]): string => `${step} ${ids}`;
const checkKey = (steps: readonly number[], inputs: readonly number[]): string => `${steps} ${inputs}`;

/** Python's trait `on_show`: the scores of the held steps. */
export interface OnShow {
  readonly query: ScoreQuery;
  readonly steps: readonly number[];
  /** Base64 of little-endian float32 `[steps, inputs]`. */
  readonly rows: string;
  readonly notes?: readonly (string | null)[];
  readonly sums?: readonly (Sums | null)[];
  /** What heads give to the steps; `shares` is base64 of little-endian float32 `[layers, heads]`. */
  readonly heads?: Omit<HeadShares, "shares" | "of"> & { readonly shares: string };
}

/** What stands beside the scores of steps, for each; left out where there is none. */
type Beside = { readonly [K in "notes" | "sums"]?: OnShow[K] | undefined };

const fromText = (text: string): Float32Array => new Float32Array(fromBase64(text).buffer);

export class KernelSession implements Session {
  readonly changes: Changes;
  readonly #requests: Requests;
  readonly #cache = new Cache<Kept>(cacheBytes);
  readonly #notes = new Map<string, string>();
  readonly #sums = new Map<string, Sums>();
  readonly #checks = new Map<string, Check>();
  readonly #lenses = new Cache<StepLens>(cacheBytes);
  readonly #inputs: () => number;

  /** `inputs` gives the number of inputs in a row of scores. */
  constructor(channel: Channel, inputs: () => number, timing: Partial<Timing> = {}) {
    this.#requests = new Requests(channel, timing);
    this.changes = new KernelChanges(this.#requests);
    this.#inputs = inputs;
  }

  /** Forget everything, before another explanation. */
  clear(): void {
    this.#requests.clear();
    this.#cache.clear();
    this.#lenses.clear();
    this.#notes.clear();
    this.#sums.clear();
    this.#checks.clear();
  }

  /** Cancel what is under way: nobody answers. */
  giveUp(): void {
    this.#requests.clear();
  }

  /** Keep what came with the state, as if it had been asked for. */
  remember({ query, steps, rows, notes, sums, heads }: OnShow): void {
    if (heads) {
      const given = { ...heads, of: null, shares: fromText(heads.shares) };
      this.#cache.set(keyOf("heads", headArgs(steps, null, null)), given, bytesOf(given));
    }
    this.#keep(query, steps, fromText(rows), { notes, sums });
  }

  #keep(query: ScoreQuery, steps: readonly number[], rows: Float32Array, beside: Beside): void {
    const inputs = rows.length / steps.length;
    steps.forEach((step, k) => {
      const key = rowKey(query, step);
      this.#cache.set(key, rows.slice(k * inputs, (k + 1) * inputs), 4 * inputs);
      const [note, sums] = [beside.notes?.[k], beside.sums?.[k]];
      if (note) this.#notes.set(key, note);
      if (sums) this.#sums.set(key, sums);
    });
  }

  async scores(
    query: ScoreQuery,
    steps: readonly number[],
    options: RequestOptions = {},
  ): Promise<Float32Array> {
    const inputs = this.#inputs();
    const known = new Map(
      steps.map((step) => [step, this.#cache.get(rowKey(query, step)) as Float32Array | undefined]),
    );
    const missing = [...known.keys()].filter((step) => !known.get(step));
    const most = Math.max(1, Math.floor(answerFloats / Math.max(1, inputs)));
    for (let from = 0; from < missing.length; from += most) {
      const part = missing.slice(from, from + most);
      const rows = await this.#rows(query, part, inputs, partOf(options, from, part.length, missing.length));
      part.forEach((step, k) => {
        known.set(step, rows.subarray(k * inputs, (k + 1) * inputs));
      });
    }
    const out = new Float32Array(steps.length * inputs);
    steps.forEach((step, k) => {
      out.set(known.get(step) as Float32Array, k * inputs);
    });
    return out;
  }

  /** Ask for the rows of `steps`; they are kept even if nobody waits for them any more. */
  async #rows(
    query: ScoreQuery,
    steps: readonly number[],
    inputs: number,
    options: RequestOptions,
  ): Promise<Float32Array> {
    const keep = (answer: Reply) =>
      this.#keep(query, steps, floats(answer, steps.length * inputs), answer.meta as Beside);
    const reply = await this.#requests.ask("scores", { ...query, steps }, keep, options);
    return floats(reply, steps.length * inputs);
  }

  async joined(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array> {
    const read = (reply: Reply) => {
      const [note] = (reply.meta as Beside).notes ?? [];
      if (note) this.#notes.set(rowKey(query, steps), note);
      return floats(reply, this.#inputs());
    };
    return this.#ask("scores", { ...query, steps, joined: true }, read, options);
  }

  known(query: ScoreQuery, step: number): Float32Array | null {
    return (this.#cache.get(rowKey(query, step)) as Float32Array | undefined) ?? null;
  }

  note(query: ScoreQuery, step: Steps): string | null {
    return this.#notes.get(rowKey(query, step)) ?? null;
  }

  sums(query: ScoreQuery, step: number): Sums | null {
    return this.#sums.get(rowKey(query, step)) ?? null;
  }

  column(query: ScoreQuery, input: number, options?: RequestOptions): Promise<Float32Array> {
    return this.#ask(
      "column",
      { ...query, input },
      (reply) => floats(reply, Number(reply.meta.rows)),
      options,
    );
  }

  map(query: ScoreQuery, options?: RequestOptions): Promise<ScoreMap> {
    return this.#ask(
      "map",
      query,
      (reply) => {
        const meta = reply.meta as unknown as Omit<ScoreMap, "values">;
        return { ...meta, values: toBytes(buffer(reply, meta.rows * meta.cols)) };
      },
      options,
    );
  }

  glance(rows: number, cols: number, options?: RequestOptions, part?: string): Promise<Glance> {
    const read = (reply: Reply): Glance => {
      const { high, layers, heads } = reply.meta as unknown as Record<"high" | "layers" | "heads", number>;
      return { rows, cols, high, values: toBytes(buffer(reply, layers * heads * rows * cols)) };
    };
    return this.#ask("glance", { rows, cols, ...(part ? { part } : {}) }, read, options);
  }

  async figure(
    form: FileForm,
    asked: FigureArgs,
    options?: RequestOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { buffers } = await this.#requests.ask("figure", { form, ...asked }, () => {}, options);
    return Uint8Array.from(toBytes(buffers[0] ?? new ArrayBuffer(0)));
  }

  headMap(
    part: string,
    [layer, head]: Head,
    rows: number,
    cols: number,
    options?: RequestOptions,
  ): Promise<Float32Array> {
    const args = { part, layer, head, rows, cols };
    return this.#ask("head_map", args, (reply) => floats(reply, rows * cols), options);
  }

  ask(op: string, args: object, options?: RequestOptions): Promise<Asked> {
    const read = ({ meta, buffers }: Reply) => ({
      meta,
      numbers: toFloat32(buffers[0] ?? new ArrayBuffer(0)),
    });
    return this.#ask(op, args, read, options);
  }

  heads(
    steps: readonly number[],
    input: number | null,
    foil: readonly number[] | null,
    options?: RequestOptions,
  ): Promise<HeadShares> {
    const read = (reply: Reply): HeadShares => {
      const { rows, cols, ...meta } = reply.meta as unknown as Shape & Omit<HeadShares, "shares" | "of">;
      return { ...meta, of: input, shares: floats(reply, rows * cols) };
    };
    return this.#ask("heads", headArgs(steps, input, foil), read, options);
  }

  knownHeads(
    steps: readonly number[],
    input: number | null,
    foil: readonly number[] | null,
  ): HeadShares | null {
    return (this.#cache.get(keyOf("heads", headArgs(steps, input, foil))) as HeadShares | undefined) ?? null;
  }

  async check(
    steps: readonly number[],
    inputs: readonly number[],
    options: RequestOptions = {},
  ): Promise<Check> {
    const keep = (reply: Reply) => {
      const { inputs: masked, lowest } = reply.meta as unknown as Required<Check>;
      const numbers: unknown = toFloat32(reply.buffers[0] ?? new ArrayBuffer(0));
      const [probability, without, ...others] = numbers as [number, number, ...number[]];
      this.#checks.set(checkKey(steps, inputs), {
        inputs: masked,
        probability,
        without,
        others,
        lowest,
      });
    };
    const reply = await this.#requests.ask("check", { steps, inputs }, keep, options);
    if (!this.checked(steps, inputs)) keep(reply);
    return this.checked(steps, inputs) as Check;
  }

  checked(steps: readonly number[], inputs: readonly number[]): Check | null {
    return this.#checks.get(checkKey(steps, inputs)) ?? null;
  }

  async lens(
    steps: readonly number[],
    options?: RequestOptions,
    ids: readonly (number | null)[] = [],
  ): Promise<readonly StepLens[]> {
    const known = (step: number) => this.#lenses.get(lensKey(step, ids));
    const missing = steps.filter((step) => !known(step));
    const keep = (reply: Reply) => {
      const numbers = { ...(reply.meta as unknown as LensNumbers), rivals: ids.length };
      const size = numbers.layers * (2 + 2 * numbers.top + ids.length);
      const values = floats(reply, missing.length * size);
      missing.forEach((step, k) => {
        this.#lenses.set(lensKey(step, ids), readLens(numbers, values, k), 8 * size);
      });
    };
    if (missing.length > 0) {
      const args = { steps: missing, top: 5, ...(ids.length > 0 && { ids }) };
      const reply = await this.#requests.ask("lens", args, keep, options);
      if (!known(missing[0] as number)) keep(reply);
    }
    return steps.map((step) => known(step) as StepLens);
  }

  knownLens(step: number): StepLens | null {
    return this.#lenses.get(lensKey(step, [])) ?? null;
  }

  async foil(step: number, text: string, options?: RequestOptions): Promise<Foil> {
    let found: unknown;
    const keep = (reply: Reply) => {
      found = reply.meta;
    };
    const reply = await this.#requests.ask("foil", { step, text }, keep, options);
    return (found ?? reply.meta) as Foil;
  }

  async #ask<T extends Kept>(
    op: string,
    args: object,
    decode: (reply: Reply) => T,
    options?: RequestOptions,
  ): Promise<T> {
    const key = keyOf(op, args);
    const known = this.#cache.get(key);
    if (known) return known as T;
    let value: T | undefined;
    const keep = (reply: Reply) => {
      value = decode(reply);
      this.#cache.set(key, value, bytesOf(value));
    };
    const reply = await this.#requests.ask(op, args, keep, options);
    return value ?? decode(reply);
  }
}
