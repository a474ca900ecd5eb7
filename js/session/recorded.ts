/** A session whose numbers come from the data of an exported page; docs/protocol.md has the format. */

import { scaleFloor } from "../scores/floor";
import { mapOf } from "../scores/score-map";
import type { Asked } from "./answers";
import { noChanges } from "./changes";
import type { Check } from "./checks";
import { type RecordedCheck, recordedCheck } from "./checks";
import type { Content } from "./content";
import { expertsOf, type RecordedExperts } from "./experts";
import { glanceOf } from "./glance";
import type { Glance, Head, HeadShares } from "./heads";
import type { StepLens } from "./lens";
import { type RecordedLens, readLens, recordedNumbers } from "./lens";
import { GivenByHeads, type RecordedHeads } from "./recorded-heads";
import type { ScoreMap, ScoreQuery, Sums } from "./scores";
import type { Session } from "./session";
import type { Numbers } from "./unpack";
import { type RecordedAttention, Weights } from "./weights";

export interface Recording {
  readonly v: 1;
  readonly content: Content;
  readonly state: Readonly<Record<string, unknown>>;
  readonly scores: Readonly<Record<string, Numbers>>;
  readonly attention: RecordedAttention | null;
  readonly heads?: RecordedHeads | null;
  readonly notes?: Readonly<Record<string, readonly (string | null)[]>>;
  readonly sums?: Readonly<Record<string, readonly (Sums | null)[]>>;
  readonly checks?: readonly RecordedCheck[];
  readonly lens?: RecordedLens | null;
  readonly experts?: RecordedExperts;
  readonly left_out: readonly string[];
}

export class RecordedSession implements Session {
  readonly changes = noChanges;
  readonly #content: Content;
  readonly #scores = new Map<string, Float32Array>();
  readonly #record: Recording;
  readonly #weights: Weights | null;
  readonly #given: GivenByHeads | null;
  readonly #inputs: number;
  readonly #lenses = new Map<number, StepLens>();
  #layers: Float32Array | null = null;

  constructor(record: Recording) {
    this.#record = record;
    this.#content = record.content;
    this.#inputs = record.content.inputs;
    this.#given = record.heads ? new GivenByHeads(record.heads, record.content) : null;
    this.#weights = record.attention && new Weights(record.attention, record.content);
  }

  async scores(query: ScoreQuery, steps: readonly number[]): Promise<Float32Array> {
    const out = new Float32Array(steps.length * this.#inputs);
    steps.forEach((step, k) => {
      out.set(this.#row(query, step), k * this.#inputs);
    });
    return out;
  }

  known(query: ScoreQuery, step: number): Float32Array | null {
    const carried = this.#content.methods.some((m) => m.name === query.method);
    return carried ? this.#row(query, step) : null;
  }

  note(query: ScoreQuery, step: number): string | null {
    return this.#record.notes?.[query.method]?.[step] ?? null;
  }

  sums(query: ScoreQuery, step: number): Sums | null {
    return this.#record.sums?.[query.method]?.[step] ?? null;
  }

  async column(query: ScoreQuery, input: number): Promise<Float32Array> {
    return Float32Array.from(this.#steps(), (step) => this.#row(query, step, input)[input] ?? Number.NaN);
  }

  async map(query: ScoreQuery): Promise<ScoreMap> {
    const rows = this.#steps().map((step) => this.#row(query, step));
    const signed = this.#content.methods.find((m) => m.name === query.method)?.signed ?? false;
    return mapOf(rows, this.#inputs, signed, scaleFloor(this, query, this.#steps()));
  }

  async glance(rows: number, cols: number): Promise<Glance> {
    if (!this.#weights)
      throw new Error(this.#content.attention_note ?? "This page does not carry attention.");
    return glanceOf(this.#weights, this.#content, rows, cols);
  }

  async headMap(): Promise<never> {
    throw new Error("Other parts of the attention need the model, which this page does not carry.");
  }

  async ask(op: string, args: object): Promise<Asked> {
    const { experts } = this.#record;
    if (experts && this.#content.experts && op.startsWith("expert"))
      return expertsOf(experts, this.#content.experts, this.#inputs, op, args);
    throw new Error("That needs the model, which this page does not carry.");
  }

  async heads(steps: readonly number[], input: number | null): Promise<HeadShares> {
    const known = this.knownHeads(steps, input);
    if (!known) throw new Error(this.#content.attention_note ?? "This page does not carry attention.");
    return known;
  }

  knownHeads(steps: readonly number[], input: number | null): HeadShares | null {
    return this.#given?.of(steps, input) ?? null;
  }

  async check(): Promise<never> {
    throw new Error("A check needs the model, which this page does not carry.");
  }

  checked(steps: readonly number[], inputs: readonly number[]): Check | null {
    return recordedCheck(this.#record, steps, inputs);
  }

  async lens(steps: readonly number[]): Promise<readonly StepLens[]> {
    return steps.map((step) => {
      const known = this.knownLens(step);
      if (!known) throw new Error("Reading the layers needs the model, which this page does not carry.");
      return known;
    });
  }

  knownLens(step: number): StepLens | null {
    const record = this.#record.lens;
    if (!record) return null;
    this.#layers ??= recordedNumbers(record);
    const known = this.#lenses.get(step) ?? readLens(record, this.#layers, step);
    this.#lenses.set(step, known);
    return known;
  }

  async foil(): Promise<never> {
    throw new Error("A foil needs the model, which this page does not carry.");
  }

  #steps(): number[] {
    return Array.from({ length: this.#content.steps.count }, (_, s) => s);
  }

  #row(query: ScoreQuery, step: number, only?: number): Float32Array {
    const method = this.#content.methods.find((m) => m.name === query.method);
    if (method?.attention && this.#weights) {
      const row = this.#weights.row(step, this.#chosen(query), query.head_rule, only);
      const { source } = method;
      return source === undefined ? row : row.map((weight, i) => (i < source ? 2 * weight : Number.NaN));
    }
    const rows = this.#scores.get(query.method) ?? this.#decode(query.method);
    return rows.subarray(step * this.#inputs, (step + 1) * this.#inputs);
  }

  #decode(method: string): Float32Array {
    const numbers = this.#record.scores[method];
    if (numbers === undefined) throw new Error(`This page does not carry the scores of ${method}.`);
    const rows = new Float32Array(numbers.buffer);
    this.#scores.set(method, rows);
    return rows;
  }

  #chosen({ layer, heads }: ScoreQuery): Head[] {
    if (heads.length > 0) return [...heads];
    const count = this.#weights?.heads ?? 0;
    const layers = layer === null ? Array.from({ length: this.#weights?.layers ?? 0 }, (_, l) => l) : [layer];
    return layers.flatMap((l) => Array.from({ length: count }, (_, h) => [l, h] as const));
  }
}
