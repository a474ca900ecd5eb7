/** Units, the pieces of text that are drawn: each stands for one token or several. */
import type { Content } from "../session/content";
import type { Hiding } from "../session/scores";
import { drawable } from "./names";

/** True if any inputs are hidden. */
export const hides = (options: Hiding): boolean =>
  options.hide_special || options.hide_first || options.hide_target;

export class Units {
  readonly count: number;
  readonly #content: Content;
  readonly #texts: readonly string[];
  readonly #ofToken: Int32Array;
  readonly #special: Set<number>;
  readonly #hidden = new Map<number, Uint8Array>();
  /** The first generated unit. */
  readonly firstWritten: number;
  /** True if the steps are labels or predictions, which no later step reads. */
  readonly labels: boolean;
  /** For each unit, one past its last token that is an input. */
  readonly inputEnds: readonly number[];

  constructor(content: Content) {
    const { start, count, special } = content.tokens;
    this.#content = content;
    this.count = start.length;
    this.#texts = content.tokens.text.map(drawable);
    this.#special = new Set(special);
    this.#ofToken = new Int32Array(count);
    start.forEach((from, u) => {
      this.#ofToken.fill(u, from, this.end(u));
    });
    this.inputEnds = start.map((_, u) => Math.min(this.end(u), content.inputs));
    this.labels = content.steps.step_noun !== undefined || content.inputs < count - 1;
    const first = start.findIndex((from) => from >= content.steps.first);
    this.firstWritten = first < 0 ? start.length : first;
  }

  start(u: number): number {
    return this.#content.tokens.start[u] as number;
  }

  /** One past the last token. */
  end(u: number): number {
    const { start, count } = this.#content.tokens;
    return start[u + 1] ?? count;
  }

  text(u: number): string {
    return this.#texts[u] ?? "";
  }

  /** The unit that a token belongs to. */
  of(token: number): number {
    return this.#ofToken[token] ?? 0;
  }

  /** The units that these steps generated, each once. */
  ofSteps(steps: readonly number[]): number[] {
    return [...new Set(steps.map((step) => this.of(step + this.#content.steps.first)))];
  }

  /** The steps that generated a unit; empty for a unit of the prompt. */
  steps(u: number): number[] {
    const { first, count } = this.#content.steps;
    const out: number[] = [];
    for (let i = this.start(u); i < this.end(u); i++)
      if (i >= first && i - first < count) out.push(i - first);
    return out;
  }

  /** True if all tokens of the unit are special. */
  special(u: number): boolean {
    for (let i = this.start(u); i < this.end(u); i++) if (!this.#special.has(i)) return false;
    return true;
  }

  /** 1 for each unit that is neither drawn nor counted in the scale. */
  hidden(options: Hiding): Uint8Array {
    const { hide_special, hide_first, hide_target } = options;
    const key = Number(hide_special) + 2 * Number(hide_first) + 4 * Number(hide_target);
    const known = this.#hidden.get(key);
    if (known) return known;
    const target = (hide_target && this.#content.source) || Number.POSITIVE_INFINITY;
    const made = Uint8Array.from({ length: this.count }, (_, u) =>
      (hide_special && this.special(u)) || (hide_first && u === 0) || this.start(u) >= target ? 1 : 0,
    );
    this.#hidden.set(key, made);
    return made;
  }

  /** The text of several units. */
  joined(units: readonly number[]): string {
    return units.map((u) => this.text(u)).join("");
  }
}

const made = new WeakMap<Content, Units>();
/** The units of a content, made once. */
export function unitsOf(content: Content): Units {
  const units = made.get(content) ?? new Units(content);
  made.set(content, units);
  return units;
}
