/** Scores whose shares of earlier answer words are passed on, made from the rows of all steps before. */
import type { ReadonlySignal } from "@preact/signals-core";
import { passOn } from "../scores/pass-on";
import { mapOf } from "../scores/score-map";
import type { Content } from "./content";
import type { RequestOptions } from "./requests";
import type { ScoreMap, ScoreQuery } from "./scores";
import type { Session } from "./session";

/** How many readings are kept. */
const kept = 8;

export class PassedOn {
  readonly #session: Session;
  readonly #content: ReadonlySignal<Content>;
  #of: Content | null = null;
  /** The rows of the first steps, by query. */
  readonly #rows = new Map<string, readonly Float32Array[]>();

  constructor(session: Session, content: ReadonlySignal<Content>) {
    this.#session = session;
    this.#content = content;
  }

  async scores(query: ScoreQuery, steps: readonly number[], options?: RequestOptions): Promise<Float32Array> {
    const rows = await this.#upTo(query, Math.max(-1, ...steps) + 1, options);
    const { inputs } = this.#content.peek();
    const out = new Float32Array(steps.length * inputs);
    steps.forEach((step, k) => {
      out.set(rows[step] as Float32Array, k * inputs);
    });
    return out;
  }

  /** The row of a step whose own scores, and those of all before it, are known already. */
  known(query: ScoreQuery, step: number): Float32Array | null {
    const direct = this.#direct(query);
    const made = this.#made(direct)?.[step];
    if (made) return made;
    const rows: Float32Array[] = [];
    for (let s = 0; s <= step; s++) {
      const row = this.#session.known(direct, s);
      if (!row) return null;
      rows.push(row);
    }
    return this.#keep(direct, rows)[step] ?? null;
  }

  async column(query: ScoreQuery, input: number, options?: RequestOptions): Promise<Float32Array> {
    const rows = await this.#upTo(query, this.#content.peek().steps.count, options);
    return Float32Array.from(rows, (row) => row[input] as number);
  }

  async map(query: ScoreQuery, options?: RequestOptions): Promise<ScoreMap> {
    const { steps, inputs } = this.#content.peek();
    return mapOf(await this.#upTo(query, steps.count, options), inputs, false, 0);
  }

  async #upTo(query: ScoreQuery, count: number, options?: RequestOptions): Promise<readonly Float32Array[]> {
    const direct = this.#direct(query);
    const made = this.#made(direct);
    if (made && made.length >= count) return made;
    const content = this.#content.peek();
    const steps = Array.from({ length: count }, (_, s) => s);
    const scores = await this.#session.scores(direct, steps, options);
    const rows = steps.map((s) => scores.subarray(s * content.inputs, (s + 1) * content.inputs));
    // Another text may have come meanwhile: its rows are others.
    return this.#content.peek() === content ? this.#keep(direct, rows) : passOn(rows, content.steps.first);
  }

  #direct(query: ScoreQuery): ScoreQuery {
    const { through, ...direct } = query;
    return direct;
  }

  #made(direct: ScoreQuery): readonly Float32Array[] | undefined {
    if (this.#of !== this.#content.peek()) this.#rows.clear();
    this.#of = this.#content.peek();
    return this.#rows.get(JSON.stringify(direct));
  }

  #keep(direct: ScoreQuery, rows: readonly Float32Array[]): readonly Float32Array[] {
    const made = passOn(rows, this.#content.peek().steps.first);
    for (const old of this.#rows.keys()) if (this.#rows.size >= kept) this.#rows.delete(old);
    this.#rows.set(JSON.stringify(direct), made);
    return made;
  }
}
