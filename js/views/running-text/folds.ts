/** Units that a chip stands for, with what they gave in all: what a chat template wrote, and runs that hold little. */
import { type ReadonlySignal, signal } from "@preact/signals-core";
import type { Context } from "../../context";
import { h } from "../../dom";
import { numeral } from "../../draw/numerals";
import { named } from "../../state/names";
import type { Units } from "../../state/units";

/** Neighbouring units; the template's of one message need not be. While it is closed, its chip stands for them. */
export interface Fold {
  readonly units: readonly number[];
  readonly chip: HTMLElement;
  /** The part of the page that is styled by whether the fold is closed. */
  readonly group: HTMLElement;
  readonly name: string;
  /** The elements that `group` takes in while the fold is there. */
  readonly parts?: readonly HTMLElement[];
  /** Whether its chip says a share in percent. */
  readonly percent?: boolean;
}

const closed = "folded";

/** Make the fold of these units of a message, closed. */
export function makeFold(inside: readonly number[], units: Units, group: HTMLElement): Fold {
  const count = inside.reduce((tokens, u) => tokens + units.end(u) - units.start(u), 0);
  const names = inside.map((u) => named(units.text(u))).join(" ");
  const chip = chipOf(
    `The chat template wrote ${count} token${count > 1 ? "s" : ""} here: ${names}. Click to show or hide them.`,
  );
  group.classList.add(closed);
  return { units: inside, chip, group, name: "template" };
}

export const chipOf = (title: string): HTMLElement =>
  h("span", { class: "fold", role: "option", "aria-selected": "false", title });

export class Folds {
  readonly #units: readonly HTMLElement[];
  #all: readonly Fold[];
  readonly #of = new Map<number, Fold>();
  readonly #end: AbortSignal;
  readonly #changed = signal(0);

  constructor(units: readonly HTMLElement[], folds: readonly Fold[], signal: AbortSignal) {
    this.#units = units;
    this.#all = folds;
    this.#end = signal;
    for (const fold of folds) this.#add(fold);
  }

  #add(fold: Fold): void {
    for (const u of fold.units) this.#of.set(u, fold);
    fold.chip.addEventListener("click", () => this.#toggle(fold), { signal: this.#end });
  }

  get all(): readonly Fold[] {
    return this.#all;
  }

  /** Take these away, and put those in. */
  replace(old: readonly Fold[], folds: readonly Fold[]): void {
    for (const { units, group, parts = [] } of old) {
      for (const u of units) this.#of.delete(u);
      group.replaceWith(...parts);
    }
    for (const fold of folds) {
      const { group, chip, parts = [] } = fold;
      parts[0]?.before(group);
      group.append(chip, ...parts);
      this.#add(fold);
    }
    this.#all = [...this.#all.filter((fold) => !old.includes(fold)), ...folds];
    this.#changed.value++;
  }

  /** The name of the fold that stands for `u`; null where it is not folded away. */
  nameOf(u: number): string | null {
    const fold = this.#of.get(u);
    return fold && isClosed(fold) ? fold.name : null;
  }

  /** Changes with each fold that is opened or closed. */
  get changed(): ReadonlySignal<number> {
    return this.#changed;
  }

  /** The unit that stands for `u`: the first of its fold while that is closed, else itself. */
  standIn(u: number): number {
    const fold = this.#of.get(u);
    return fold && isClosed(fold) ? (fold.units[0] as number) : u;
  }

  /** The units that the chip for `u` stands for; null where `u` is not folded away. */
  foldedWith(u: number): readonly number[] | null {
    const fold = this.#of.get(u);
    return fold && isClosed(fold) ? fold.units : null;
  }

  /** What the page shows for each unit: the chip for the first of a closed fold; the others are not laid out. */
  elements(): HTMLElement[] {
    return this.#units.map((_, u) => this.element(u) as HTMLElement);
  }

  element(u: number): HTMLElement | undefined {
    const fold = this.#of.get(u);
    return fold && isClosed(fold) && fold.units[0] === u ? fold.chip : this.#units[u];
  }

  /** The values with those of a closed fold added up in its first unit. */
  merged(values: Float32Array): Float32Array {
    const shut = this.all.filter(isClosed);
    if (shut.length === 0) return values;
    const out = values.slice();
    for (const { units } of shut) {
      const sum = sumOf(values, units);
      for (const u of units) out[u] = Number.NaN;
      out[units[0] as number] = sum;
    }
    return out;
  }

  /** Open or close the fold of `u`; false if it is in none. */
  toggle(u: number): boolean {
    const fold = this.#of.get(u);
    if (fold) this.#toggle(fold);
    return fold !== undefined;
  }

  /** Write on each chip what its units gave. */
  write({ scores }: Context): void {
    void this.#changed.value;
    const shown = scores.shown.value;
    for (const fold of this.all) {
      const sum = shown ? sumOf(shown.sumsOfUnits, fold.units) : Number.NaN;
      const { signed = false } = shown?.method ?? {};
      const share =
        fold.percent && !signed ? `${Math.round(100 * sum)} %` : numeral(sum, signed, shown?.high);
      const number = Number.isNaN(sum) ? "" : ` ${share}`;
      const text = `${isClosed(fold) ? "▸" : "▾"} ${fold.name}${number}`;
      if (fold.chip.textContent !== text) fold.chip.textContent = text;
    }
  }

  #toggle(fold: Fold): void {
    fold.group.classList.toggle(closed);
    this.#changed.value++;
  }
}

const isClosed = ({ group }: Fold): boolean => group.classList.contains(closed);

/** The sum of the values that are known; NaN if none is. */
function sumOf(values: Float32Array, units: readonly number[]): number {
  const known = units.map((u) => values[u] as number).filter((v) => !Number.isNaN(v));
  return known.length > 0 ? known.reduce((sum, v) => sum + v, 0) : Number.NaN;
}
