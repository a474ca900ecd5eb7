/** The texts of the layer–head picker. On screen layers and heads count from 1. */

import type { RichText } from "../../dom";
import { numeral, spoken } from "../../draw/numerals";
import { wordName } from "../../scores/told";
import type { Content } from "../../session/content";
import type { Head, HeadRule, HeadShares } from "../../session/heads";
import { headName, ruleName, shortName } from "../../state/heads";
import { named, quoted } from "../../state/names";
import { unitsOf } from "../../state/units";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Letters of a name: a span may be a whole answer. */
const longest = 32;
function inputText(content: Content, input: number): string {
  const units = unitsOf(content);
  return units.text(units.of(input));
}

/** What the cells show, e.g. "Heads that fed “Paris”". No steps: the whole answer. */
export function titleText(content: Content, steps: readonly number[]): RichText {
  const units = unitsOf(content);
  const fed = steps.length > 0 ? quoted(units.joined(units.ofSteps(steps)), longest) : "the answer";
  return ["Heads that fed ", { strong: fed }];
}

const readings = { gradient: "", values: "by attention × value norm", attention: "by attention weight" };

/** From which input, if from one, how many heads there are, which input is left out, and how the shares were read. */
export function captionText(
  content: Content,
  steps: readonly number[],
  given: HeadShares | null,
  alike: boolean,
): string {
  const size = `${content.layers} layers × ${content.heads} heads`;
  if (!given) return size;
  const sinks = given.of === null ? given.sinks : [];
  const left = sinks.map(
    ([input, share]) => `${named(inputText(content, input))} left out (${percent(share)})`,
  );
  const several = steps.length === 0 && content.steps.count > 1;
  const [one, more] = content.steps.step_noun ?? ["token", "tokens"];
  const parts = [
    given.of !== null && `from ${quoted(inputText(content, given.of), longest)}`,
    size,
    left.length > 0 && `sink${left.length > 1 ? "s" : ""} ${left.join(", ")}`,
    alike && "all heads alike",
    several && `mean of ${content.steps.count} ${content.steps.count === 1 ? one : more}`,
    readings[given.reading],
  ];
  return parts.filter(Boolean).join(" · ");
}

/** The full story behind the shares, for a tooltip. */
export function tooltipText({ reading }: HeadShares): string {
  const sums = "as a share of all heads. The scale begins at an equal share, 1 / (layers × heads).";
  if (reading === "gradient")
    return `What each head gave to the word: attention × (value · gradient of its logit less the mean logit, where heads are joined), added up over the inputs, ${sums}`;
  const what = reading === "values" ? "attention × norm of the value" : "attention weights";
  return `What each head read for the word: ${what}, added up over the inputs, ${sums}`;
}

/** The words that a head reads most, each once. */
export function readText(content: Content, inputs: readonly number[]): string {
  // Of a text read by messages, a unit is a whole one.
  const name = (input: number) => {
    const letters = [...wordName(content, unitsOf(content).of(input))];
    return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : letters.join("");
  };
  return [...new Set(inputs.map(name))].join(" · ");
}

function headsText(heads: readonly Head[]): string {
  const [only] = heads;
  if (only && heads.length === 1) return headName(only);
  const layers = new Set(heads.map(([layer]) => layer));
  const names = heads.slice(0, 4).map(shortName);
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
