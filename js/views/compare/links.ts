/** Which units of two texts are the same characters; docs/protocol.md: `other.links`. */
import type { Content } from "../../session/session";
import { type Units, unitsOf } from "../../state/units";

/** A unit of the text here, and one there. */
export type Link = readonly [here: number, there: number];

/** Units that make the same characters, however the texts are cut. */
export interface Group {
  readonly here: readonly number[];
  readonly there: readonly number[];
}

export class Links {
  readonly #units: readonly [Units, Units];
  readonly #counts: readonly [number, number];
  readonly #to: readonly [Map<number, number[]>, Map<number, number[]>] = [new Map(), new Map()];

  /** Link two texts by these pairs of units, or one text with itself. */
  constructor(here: Content, there: Content, pairs: readonly Link[] | null = null) {
    this.#units = [unitsOf(here), unitsOf(there)];
    this.#counts = [here.steps.count, there.steps.count];
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

  /** The groups of units that hang together by links, in the order of the text here. */
  groups(): readonly Group[] {
    const done = new Set<number>();
    const groups: Group[] = [];
    for (const first of [...this.#to[0].keys()].sort((a, b) => a - b)) {
      if (done.has(first)) continue;
      const [here, there] = [new Set([first]), new Set<number>()];
      for (const u of here) {
        done.add(u);
        for (const v of this.of(u)) {
          there.add(v);
          for (const w of this.of(v, true)) here.add(w);
        }
      }
      groups.push({ here: [...here].sort((a, b) => a - b), there: [...there].sort((a, b) => a - b) });
    }
    return groups;
  }
}

function add(map: Map<number, number[]>, from: number, to: number): void {
  const known = map.get(from);
  if (known) known.push(to);
  else map.set(from, [to]);
}
