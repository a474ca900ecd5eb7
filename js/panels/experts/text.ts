/** The texts of the experts panel. On screen layers and experts count from 1. */
import type { RichText } from "../../dom";
import { numeral } from "../../draw/numerals";
import type { Content } from "../../session/content";
import type { ExpertsInfo } from "../../session/experts";
import type { Head } from "../../session/heads";
import { quoted } from "../../state/names";
import { unitsOf } from "../../state/units";

/** Letters of a name. */
const longest = 32;

/** The words that the panel is about: their inputs, and how to call them. */
export interface Read {
  readonly inputs: readonly number[];
  readonly title: RichText;
}

/** What was read where the words explained were written, or the word pointed at; the whole text if there is neither. */
export function readOf(content: Content, input: number | null, steps: readonly number[]): Read {
  const units = unitsOf(content);
  if (input !== null) {
    const u = units.of(input);
    const end = units.inputEnds[u] ?? input + 1;
    const inputs = Array.from({ length: end - units.start(u) }, (_, k) => units.start(u) + k);
    return { inputs, title: ["Experts that read ", { strong: quoted(units.text(u), longest) }] };
  }
  const { first, places } = content.steps;
  const before = (step: number) => (units.labels ? (places?.[step] ?? -1) : first + step - 1);
  const inputs = steps.map(before).filter((at) => at >= 0 && at < content.inputs);
  if (inputs.length > 0) {
    const written = quoted(units.joined(units.ofSteps(steps)), longest);
    return { inputs, title: ["Experts that wrote ", { strong: written }] };
  }
  return {
    inputs: Array.from({ length: content.inputs }, (_, k) => k),
    title: ["Experts that read ", { strong: "the text" }],
  };
}

/** How many there are, and where they were read. */
export function captionText(
  content: Content,
  { layers, count }: ExpertsInfo,
  inputs: readonly number[],
): string {
  const units = unitsOf(content);
  const [only, ...more] = inputs;
  const where =
    only !== undefined && more.length === 0
      ? `at ${quoted(units.text(units.of(only)), longest)}`
      : `mean of ${inputs.length} tokens`;
  return `${layers.length} ${layers.length === 1 ? "layer" : "layers"} × ${count} experts · ${where}`;
}

/** The name of an expert, or of a layer (expert −1). */
export function expertName({ layers }: ExpertsInfo, [layer, expert]: Head): string {
  const name = `layer ${layers[layer]}`;
  return expert < 0 ? name : `${name}, expert ${expert + 1}`;
}

export function weightText(weight: number): string {
  return Number.isNaN(weight)
    ? "does not read this word"
    : weight === 0
      ? "not chosen"
      : `weight ${numeral(weight)}`;
}

/** How many of the text's tokens go to an expert. */
export function takenText(weights: Float32Array): string {
  const read = weights.filter((w) => !Number.isNaN(w));
  return `It takes ${read.filter((w) => w > 0).length} of ${read.length} tokens.`;
}

/** The words that go to an expert, those with the greatest weights first, each once. */
export function takenWords(
  content: Content,
  weights: Float32Array,
  most: number,
): readonly [string, number][] {
  const units = unitsOf(content);
  const found = new Map<string, number>();
  weights.forEach((weight, input) => {
    if (!(weight > 0)) return;
    const text = units.text(units.of(input));
    found.set(text, Math.max(weight, found.get(text) ?? 0));
  });
  return [...found].sort((a, b) => b[1] - a[1]).slice(0, most);
}
