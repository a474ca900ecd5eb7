/** The texts of the footer: what is explained, by which method, and what the numbers of the legend are. */
import type { RichText } from "../../dom";
import { chance, numeral, spoken } from "../../draw/numerals";
import type { ShownScores } from "../../scores/shown-scores";
import { compared } from "../../scores/sink";
import { strongest } from "../../scores/strongest";
import type { Content } from "../../session/content";
import type { Foil } from "../../session/foil";
import type { ScoreQuery } from "../../session/scores";
import { headName, ruleName } from "../../state/heads";
import { named } from "../../state/names";
import { blindToClasses, contrastOf } from "../../state/selectors";
import type { Options } from "../../state/state";
import { unitsOf } from "../../state/units";

/** "= .750", "> .999". */
const isChance = (p: number): string => {
  const text = chance(p);
  return /^[<>]/.test(text) ? `${text[0]} ${text.slice(1)}` : `= ${text}`;
};

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** The method and, for attention, the heads: "attention of layer 8, head 4". */
export function methodText({ method, query }: ShownScores, content: Content): string {
  if (query.foil) return contrastOf(content, method.name, query.foil) ?? method.description;
  const of = method.attention ? ` of ${headsText(query, content)}` : "";
  if (!query.through) return method.description + of;
  const sizes =
    method.question === "depend"
      ? ", which sizes of gradients do not follow: attention × value norm does"
      : "";
  return `${method.description}${of}, passed on through the answer's own words${sizes}`;
}

function headsText({ layer, heads, head_rule }: ScoreQuery, content: Content): string {
  const [only] = heads;
  if (only && heads.length === 1) return headName(only);
  const rule = ruleName(head_rule);
  if (heads.length > 1) return `${heads.length} heads, their ${rule}`;
  if (layer !== null) return `layer ${layer + 1}, ${rule} of its ${content.heads} heads`;
  return `all layers, ${rule} of ${content.layers * content.heads} heads`;
}

/** Which steps these are, and how they became one. */
function stepsText(steps: readonly number[], options: Options, content: Content): string {
  const { count, step_noun } = content.steps;
  const [one, many] = step_noun ?? ["token", "tokens"];
  const [first, last] = [steps[0] as number, steps.at(-1) as number];
  if (steps.length === 1) return `${one} ${first + 1} of ${count}`;
  const together = last - first + 1 === steps.length;
  const which = together ? `${many} ${first + 1}–${last + 1}` : `${steps.length} ${many}`;
  return `${which} of ${count}, ${options.span_rule} of ${steps.length} steps`;
}

function probabilityTexts(steps: readonly number[], content: Content): string[] {
  const { probability, rank } = content.steps;
  const joint = steps.reduce((p, s) => p * (probability[s] ?? Number.NaN), 1);
  const place = steps.length === 1 ? rank[steps[0] as number] : null;
  return [
    ...(Number.isNaN(joint) ? [] : [`${steps.length > 1 ? "joint p" : "p"} ${isChance(joint)}`]),
    ...(place == null ? [] : [`rank ${place}`]),
  ];
}

/** What is explained, and how. `shown` is null while scores are computed. */
export function explainedText(
  steps: readonly number[],
  shown: ShownScores | null,
  content: Content,
  options: Options,
  foil: Foil | null = null,
): RichText {
  const units = unitsOf(content);
  const strong = named(units.joined(units.ofSteps(steps))).replace(/\s+/g, " ");
  const facts = [stepsText(steps, options, content), ...probabilityTexts(steps, content)];
  if (shown) facts.push(methodText(shown, content));
  if (shown?.note) facts.push(shown.note);
  const blind = shown && blindToClasses(shown.method, content);
  if (blind) facts.push("how much each word counted, not for which class");
  if (foil && shown?.query.foil !== undefined)
    return [
      "Why ",
      { strong },
      " and not ",
      { strong: named(foil.text) },
      `, ${facts.join(" · ")}`,
      ...disputedText(shown, content),
    ];
  if (foil && shown) {
    // A method that could be contrasted is not, because the view shows every step.
    const who = contrastOf(content, shown.method.name, foil.ids) ? "the matrix" : shown.method.title;
    const what =
      foil.ids.length > 1 && content.contrast[shown.method.name] ? "foil of several tokens" : "foil";
    facts.push(`not against ${named(foil.text)}: ${who} takes no ${what}`);
  }
  return [blind ? "" : "Explaining ", { strong }, `, ${facts.join(" · ")}`, ...disputedText(shown, content)];
}

/** That the whole answer is explained; nothing while its scores are computed. */
export function wholeText(shown: ShownScores | null, content: Content): RichText {
  const { count, step_noun } = content.steps;
  if (!shown || count === 0) return [];
  const what = step_noun ? `all ${step_noun[1]}` : "the whole answer";
  return ["Explaining ", { strong: what }, `, mean of ${count} steps · ${methodText(shown, content)}. `];
}

/** What leaving one out puts first, where it disagrees with the scores shown. */
export function disputedText(shown: ShownScores | null, content: Content): RichText {
  if (shown?.disputed == null) return [];
  const units = unitsOf(content);
  const unit = units.of(shown.disputed);
  const strong = named(units.text(unit));
  if (strongest(shown.values, 1)[0] !== unit) return [" · leave one out puts ", { strong }, " first"];
  return [" · leave one out puts ", { strong }, " first too, and orders the others otherwise"];
}

/** What one input gave to the words of the answer. */
export function inputText(shown: ShownScores, content: Content): RichText {
  const units = unitsOf(content);
  const strong = named(units.text(units.of(shown.input ?? 0)));
  const [most] = strongest(shown.values, 1);
  const number = numeral(shown.values[most ?? 0] as number, shown.method.signed, shown.high);
  const gave = most === undefined ? "nothing to the answer" : `most to ${named(units.text(most))}: ${number}`;
  return [{ strong }, ` gave ${gave} · ${methodText(shown, content)}`];
}

/** The units that gave most, for a screen reader: "America 0.181, is 0.139". */
export function strongestText(shown: ShownScores, content: Content): string {
  const units = unitsOf(content);
  const { values, high } = shown;
  return strongest(compared(shown), 3)
    .map((u) => `${named(units.text(u))} ${spoken(values[u] as number, high)}`)
    .join(", ");
}

/** The unit of signed scores: they are differences of what the description names. */
const scales = [
  [/log-/, "nats"],
  [/logit/, "logits"],
  [/probab/, "probability"],
] as const;

function unitText(shown: ShownScores, content: Content): string[] {
  const known = shown.method.signed && scales.find(([words]) => words.test(methodText(shown, content)));
  return known ? [`in ${known[1]}`] : [];
}

/** What the numbers of the legend are. */
export function legendTexts(shown: ShownScores, options: Options, content: Content): string[] {
  const { method, query, steps } = shown;
  const out = unitText(shown, content);
  const { greatest, high } = shown;
  if (greatest < high) out.push(`the greatest is ${numeral(greatest, method.signed, greatest)}`);
  if (shown.input !== null) out.push("what each word drew from it");
  else if (query.foil !== undefined && method.signed) out.push("solid for it, dashed for the other");
  else if (shown.sumsOfUnits !== shown.values)
    out.push(
      `${options.unit_rule === "mean" ? "mean of the tokens" : "strongest token"} of each ${options.units}`,
    );
  else if (method.signed) out.push("solid adds, dashed takes away");
  else if (method.shares && (!method.attention || query.heads.length === 1 || query.head_rule === "mean"))
    out.push(sumText(shown.sum, options.span_rule === "sum" ? steps.length : 1));
  const drawn = shown.values.reduce((all, v) => (Number.isNaN(v) ? all : all + Math.abs(v)), 0);
  if (method.shares && !shown.renormalized && shown.sum !== null && shown.hiddenShare > 0)
    out.push(`what is shown sums to ${numeral(drawn)}`);
  if (shown.hiddenShare > 0 || shown.hidden.includes(1)) {
    const where = shown.renormalized ? "given to the rest" : "left out";
    out.push(`hidden tokens hold ${percent(shown.hiddenShare)}${shown.input !== null ? "" : `, ${where}`}`);
  }
  return out;
}

/** What a row adds up to: less than all where a model's attention also goes to sinks, or to padding. */
function sumText(sum: number | null, all: number): string {
  if (sum === null || Math.abs(sum - all) < 0.005 * all) return `row sums to ${all}`;
  return `row sums to ${numeral(sum)}, not ${all}: the rest goes to no token`;
}

/** What to do while nothing is explained. */
export function hintText({ steps: { count, step_noun } }: Content): RichText {
  if (count === 0) return ["Nothing was generated, so there is nothing to explain."];
  const what = step_noun ? `one of the ${step_noun[1]}` : "a word of the answer";
  return [{ strong: `Hover ${what}` }, " to see which words carried it; click to hold it."];
}
