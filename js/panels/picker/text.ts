/** What the layer–head picker says. Layers and heads are counted from 1 here, and only here and on screen. */
import { numeral, spoken } from "../../draw/numerals";
import type { Content, Head, HeadRule } from "../../session/session";
import { named, unitsOf } from "../../state/units";

export const headName = ([layer, head]: Head): string => `layer ${layer + 1}, head ${head + 1}`;

/** What the shade of a cell stands for; `kind` is the attention that it is of, where that is not all there is. */
export function shadeSays(
  content: Content,
  steps: readonly number[],
  input: number | null,
  kind?: string,
): string {
  if (steps.length === 0) return "hover or hold a word of the answer to shade the heads";
  const units = unitsOf(content);
  const target = `“${named(units.joined(units.ofSteps(steps)))}”${kind ? `, in ${kind}` : ""}`;
  if (input !== null)
    return `shade: what each head gives “${named(units.text(units.of(input)))}” for ${target}`;
  return `shade: strongest single weight of each head for ${target}`;
}

/** A run of text, strong where it names what was chosen. */
export type Words = readonly (string | { readonly strong: string })[];

const rules: Record<HeadRule, string> = {
  mean: "mean",
  median: "median",
  sum: "sum",
  max: "maximum",
};

function headsSay(heads: readonly Head[]): string {
  const [only] = heads;
  if (only && heads.length === 1) return headName(only);
  const layers = new Set(heads.map(([layer]) => layer));
  const names = heads.slice(0, 4).map(([layer, head]) => `${layer + 1}.${head + 1}`);
  if (layers.size === 1 && only) {
    const list = heads.slice(0, 6).map(([, head]) => head + 1);
    return `layer ${only[0] + 1}, heads ${list.join(", ")}${heads.length > 6 ? ` and ${heads.length - 6} more` : ""}`;
  }
  return `${heads.length} heads: ${names.join(", ")}${heads.length > 4 ? " …" : ""}`;
}

/** What is chosen and how several heads become one. */
export function heldSays(layer: number | null, heads: readonly Head[], rule: HeadRule, total: number): Words {
  if (heads.length === 1) return ["Held: ", { strong: headsSay(heads) }, "."];
  const by = [" by their ", { strong: rules[rule] }, "."];
  if (heads.length > 1) return ["Held: ", { strong: headsSay(heads) }, ". Several heads add up", ...by];
  if (layer !== null) return ["Held: ", { strong: `layer ${layer + 1}` }, ", its heads joined", ...by];
  return total === 1 ? ["The only head."] : [{ strong: "All heads" }, " joined", ...by];
}

/** The head under the pointer, e.g. "Peeking: layer 9, head 10 (.071)". */
export function peekSays(head: Head | null, value: number): string {
  if (!head) return "";
  return Number.isNaN(value)
    ? `Peeking: ${headName(head)}`
    : `Peeking: ${headName(head)} (${numeral(value)})`;
}

/** What a screen reader hears of a cell, or of a layer number (head −1). */
export function cellSays(head: Head, value: number): string {
  if (head[1] < 0) return `layer ${head[0] + 1}, all its heads`;
  return Number.isNaN(value) ? headName(head) : `${headName(head)}, ${spoken(value)}`;
}

/** Heads after a choice: a plain choice replaces (or lets the only one go), an adding one puts in or takes out. */
export function choose(heads: readonly Head[], [layer, head]: Head, adding: boolean): readonly Head[] {
  const same = (other: Head) => other[0] === layer && other[1] === head;
  const held = heads.some(same);
  if (!adding) return held && heads.length === 1 ? [] : [[layer, head]];
  if (held) return heads.filter((other) => !same(other));
  return [...heads, [layer, head] as Head].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
