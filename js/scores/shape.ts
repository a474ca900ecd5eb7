/** The rows and columns of the table of scores: units that are inputs, and units that were generated. */
import type { Content } from "../session/content";
import { plainName } from "../state/names";
import { unitsOf } from "../state/units";

export interface Shape {
  /** Rows: the input tokens of each unit, from `starts` up to `ends`. Row `r` is unit `r`. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly rowText: readonly string[];
  /** Columns: the steps of each generated unit. */
  readonly steps: readonly (readonly number[])[];
  readonly columnText: readonly string[];
  /** The probability of each generated unit: the product over its tokens. */
  readonly probability: readonly number[];
  /** The rows before which a section begins. */
  readonly breaks: readonly number[];
  /** The rows at which a section begins, with its title. */
  readonly titles: readonly (readonly [row: number, title: string])[];
  /** The token that step 0 generated. */
  readonly firstStep: number;
  /** The number of inputs in a row of scores. */
  readonly inputs: number;
}

/** A token as a heading: trimmed, and with marks for invisible characters. */
export function heading(text: string): string {
  const seen = text.replace(/\n/g, "⏎").replace(/\t/g, "⇥").trim();
  if (seen) return plainName(seen);
  return text === "" ? "∅" : "␣".repeat(Math.min(3, text.length));
}

/** The shape of the table that a content describes. */
export function shapeOf(content: Content): Shape {
  const units = unitsOf(content);
  const { first, probability } = content.steps;
  const { inputs } = content;
  const all = Array.from({ length: units.count }, (_, u) => u);
  const read = all.filter((u) => units.start(u) < inputs);
  const written = all.slice(units.firstWritten);
  const steps = written.map((u) => units.steps(u));
  return {
    starts: read.map((u) => units.start(u)),
    ends: read.map((u) => units.inputEnds[u] as number),
    rowText: read.map((u) => heading(units.text(u))),
    steps,
    columnText: written.map((u) => heading(units.text(u))),
    probability: steps.map((of) => of.reduce((p, step) => p * (probability[step] ?? Number.NaN), 1)),
    breaks: [
      ...new Set([...content.sections.map(({ start }) => units.of(start)), units.firstWritten]),
    ].filter((row) => row > 0 && row < read.length),
    titles: content.sections
      .map(({ start, title }) => [units.of(start), title] as const)
      .filter(([row]) => row < read.length),
    firstStep: first,
    inputs,
  };
}
