/** The texts of the layer–head picker. On screen layers and heads count from 1. */

import type { RichText } from "../../dom";
import { numeral, spoken } from "../../draw/numerals";
import type { Content, Head, HeadRule } from "../../session/session";
import { headName, ruleName } from "../../state/heads";
import { named, unitsOf } from "../../state/units";

/** What the shade of a cell stands for. `kind` names the attention where there is more than one. */
export function shadeText(
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

function headsText(heads: readonly Head[]): string {
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

/** The heads chosen, and how several become one. */
export function heldText(
  layer: number | null,
  heads: readonly Head[],
  rule: HeadRule,
  total: number,
): RichText {
  if (heads.length === 1) return ["Held: ", { strong: headsText(heads) }, "."];
  const by = [" by their ", { strong: ruleName(rule) }, "."];
  if (heads.length > 1) return ["Held: ", { strong: headsText(heads) }, ". Several heads add up", ...by];
  if (layer !== null) return ["Held: ", { strong: `layer ${layer + 1}` }, ", its heads joined", ...by];
  return total === 1 ? ["The only head."] : [{ strong: "All heads" }, " joined", ...by];
}

/** The head under the pointer, e.g. "Peeking: layer 9, head 10 (.071)". */
export function hoverText(head: Head | null, value: number): string {
  if (!head) return "";
  return Number.isNaN(value)
    ? `Peeking: ${headName(head)}`
    : `Peeking: ${headName(head)} (${numeral(value)})`;
}

/** The label of a cell, or of a layer number (head −1), for screen readers. */
export function cellLabel(head: Head, value: number): string {
  if (head[1] < 0) return `${headName(head)}, all its heads`;
  return Number.isNaN(value) ? headName(head) : `${headName(head)}, ${spoken(value)}`;
}
