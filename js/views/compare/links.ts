/** Which units of two texts are the same characters; docs/protocol.md: `other.links`. */
import type { Content } from "../../session/content";
import { type Units, unitsOf } from "../../state/units";
import { wordStarts } from "../../state/word";

/** A unit of the text here, and one there. */
export type Link = readonly [here: number, there: number];

/** Whole words that make the same characters, however the texts are cut. */
export interface Group {
  readonly here: readonly number[];
  readonly there: readonly number[];
}

const letters = /[\p{L}\p{N}]/u;

export class Links {
  readonly #units: readonly [Units, Units];
  readonly #counts: readonly [number, number];
  readonly #words: readonly [Int32Array, Int32Array];
  /** Whether a unit is a special token, or one that a chat template wrote. */
  readonly #written: readonly [(u: number) => boolean, (u: number) => boolean];
  readonly #to: readonly [Map<number, number[]>, Map<number, number[]>] = [new Map(), new Map()];

  /** Link two texts by these pairs of units, or one text with itself. */
  constructor(here: Content, there: Content, pairs: readonly Link[] | null = null) {
    this.#units = [unitsOf(here), unitsOf(there)];
    this.#counts = [here.steps.count, there.steps.count];
    this.#words = [wordStarts(here), wordStarts(there)];
    this.#written = [controlsOf(here), controlsOf(there)];
    const [a, b] = this.#units;
    const all = pairs ?? Array.from({ length: a.count }, (_, u): Link => [u, u]);
    for (const [u, v] of all) {
      if (u >= a.count || v >= b.count) continue;
      add(this.#to[0], u, v);
      add(this.#to[1], v, u);
    }
  }

  /** The units there that a unit here is, or the other way with `back`. */
  of(unit: number, back = false): readonly number[] {
    return this.#to[back ? 1 : 0].get(unit) ?? [];
  }

  /** The steps there that wrote the same, else those at the same places. */
  steps(steps: readonly number[], back = false): readonly number[] {
    const [from, to] = back ? [this.#units[1], this.#units[0]] : this.#units;
    const found = steps.flatMap((step) => {
      const linked = from.ofSteps([step]).flatMap((u) => this.of(u, back).flatMap((v) => to.steps(v)));
      return linked.length > 0 ? linked : step < this.#counts[back ? 0 : 1] ? [step] : [];
    });
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /** The first token there of the unit that an input here belongs to; null without one. */
  input(token: number | null, back = false): number | null {
    if (token === null) return null;
    const [from, to] = back ? [this.#units[1], this.#units[0]] : this.#units;
    const [v] = this.of(from.of(token), back);
    return v === undefined ? null : to.start(v);
  }

  /** The words that hang together by links, each whole, in the order of the text here; without a template's tokens. */
  groups(): readonly Group[] {
    const done = new Set<number>();
    const groups: Group[] = [];
    for (const first of [...this.#to[0].keys()].sort((a, b) => a - b)) {
      if (done.has(first) || this.#written[0](first)) continue;
      const [here, there] = [new Set(this.#word(first)), new Set<number>()];
      for (const u of here) {
        done.add(u);
        for (const v of this.of(u).flatMap((one) => this.#word(one, true))) {
          there.add(v);
          for (const w of this.of(v, true).flatMap((one) => this.#word(one))) here.add(w);
        }
      }
      groups.push({ here: [...here].sort((a, b) => a - b), there: [...there].sort((a, b) => a - b) });
    }
    return groups;
  }

  /** The words that only the text here has, or only the one there with `back`, as units; without labels and marks. */
  lonely(back = false): readonly (readonly number[])[] {
    const side = back ? 1 : 0;
    const units = this.#units[side];
    const found = new Map<number, number[]>();
    for (let u = 0; u < (units.labels ? units.firstWritten : units.count); u++) {
      if (this.#written[side](u) || !letters.test(units.text(u)) || this.of(u, back).length > 0) continue;
      const first = this.#words[side][u] as number;
      found.set(first, [...(found.get(first) ?? []), u]);
    }
    return [...found.values()];
  }

  /** The units of the word of a unit. */
  #word(u: number, back = false): readonly number[] {
    const starts = this.#words[back ? 1 : 0];
    const first = starts[u] as number;
    const out: number[] = [];
    for (let w = first; starts[w] === first; w++) out.push(w);
    return out;
  }
}

/** Tell the special tokens of a text, and those that a chat template wrote around its messages, from others. */
function controlsOf(content: Content): (u: number) => boolean {
  const units = unitsOf(content);
  const frames = content.sections.flatMap(({ start, end, body }) =>
    body ? [[start, body[0]] as const, [body[1], end] as const] : [],
  );
  return (u) => {
    const at = units.start(u);
    return units.special(u) || frames.some(([from, to]) => from <= at && at < to);
  };
}

function add(map: Map<number, number[]>, from: number, to: number): void {
  const known = map.get(from);
  if (known) known.push(to);
  else map.set(from, [to]);
}
