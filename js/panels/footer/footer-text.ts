/** What the footer says: pure. */
import { numeral } from "../../draw/numerals";
import type { Reading } from "../../scores/shown-scores";
import type { Content, Foil, Selection } from "../../session/session";
import type { Options } from "../../state/state";
import { named, unitsOf } from "../../state/units";

/** Runs of text; strong ones stand out. */
export type Words = readonly (string | { readonly strong: string })[];

const percent = (share: number): string => {
  const text = (100 * share).toFixed(share < 0.0995 ? 1 : 0);
  return `${text} %`;
};

/** "attention of layer 8, head 4"; for methods without heads, what the method says of itself. */
export function methodSays(reading: Reading, content: Content): string {
  const { method, selection } = reading;
  if (selection.foil !== undefined) return content.contrast[method.name] ?? method.description;
  return method.attention ? `${method.description} of ${headsSay(selection, content)}` : method.description;
}

function headsSay({ layer, heads, head_rule }: Selection, content: Content): string {
  const rule = head_rule === "max" ? "maximum" : head_rule;
  const [only] = heads;
  if (only && heads.length === 1) return `layer ${only[0] + 1}, head ${only[1] + 1}`;
  if (heads.length > 1) return `${heads.length} heads, their ${rule}`;
  if (layer !== null) return `layer ${layer + 1}, ${rule} of its ${content.heads} heads`;
  return `all layers, ${rule} of ${content.layers * content.heads} heads`;
}

/** How many steps a span has, and how they became one. */
function stepsSay(steps: readonly number[], options: Options, content: Content): string {
  const { count, step_noun } = content.steps;
  const [one, many] = step_noun ?? ["token", "tokens"];
  const [first, last] = [steps[0] as number, steps.at(-1) as number];
  if (steps.length === 1) return `${one} ${first + 1} of ${count}`;
  const together = last - first + 1 === steps.length;
  const which = together ? `${many} ${first + 1}–${last + 1}` : `${steps.length} ${many}`;
  return `${which} of ${count}, ${options.span_rule} of ${steps.length} steps`;
}

export function probabilitySays(steps: readonly number[], content: Content): string[] {
  const { probability, rank } = content.steps;
  const joint = steps.reduce((p, s) => p * (probability[s] ?? Number.NaN), 1);
  if (steps.length > 1) return Number.isNaN(joint) ? [] : [`joint p = ${numeral(joint)}`];
  const place = rank[steps[0] as number];
  const facts = Number.isNaN(joint) ? [] : [`p = ${numeral(joint)}`];
  return place == null ? facts : [...facts, `rank ${place}`];
}

/** What is explained, and how. */
export function explained(
  steps: readonly number[],
  reading: Reading | null,
  content: Content,
  options: Options,
  foil: Foil | null = null,
): Words {
  const units = unitsOf(content);
  const words = named(units.joined(units.ofSteps(steps))).replace(/\s+/g, " ");
  const facts = [stepsSay(steps, options, content), ...probabilitySays(steps, content)];
  if (reading) facts.push(methodSays(reading, content));
  if (reading?.note) facts.push(reading.note);
  if (foil && reading?.selection.foil !== undefined)
    return ["Why ", { strong: words }, " and not ", { strong: named(foil.text) }, `, ${facts.join(" · ")}`];
  if (foil && reading)
    facts.push(`not against ${named(foil.text)}: ${foilless(reading, content)} takes no foil`);
  return ["Explaining ", { strong: words }, `, ${facts.join(" · ")}`];
}

const foilless = (reading: Reading, content: Content): string =>
  content.contrast[reading.method.name] ? "the matrix" : reading.method.title;

/** What one input gave to each word of the answer. */
export function fed(reading: Reading, content: Content): Words {
  const units = unitsOf(content);
  const input = named(units.text(units.of(reading.input ?? 0)));
  let best = -1;
  reading.values.forEach((v, u) => {
    if (!Number.isNaN(v) && Math.abs(v) > Math.abs(reading.values[best] ?? 0)) best = u;
  });
  const most =
    best < 0
      ? " gave nothing to the answer"
      : ` gave most to ${named(units.text(best))}: ${numeral(reading.values[best] as number, reading.method.signed, reading.high)}`;
  return [{ strong: input }, `${most} · ${methodSays(reading, content)}`];
}

/** What the numbers of the legend are. */
export function scaleSays(reading: Reading, options: Options): string[] {
  const { method, selection, steps } = reading;
  const out: string[] = [];
  if (reading.input !== null) out.push("what each word drew from it");
  else if (selection.foil !== undefined && method.signed) out.push("solid for it, dashed for the other");
  else if (method.signed) out.push("signed: solid adds, dashed takes away");
  else if (method.shares) {
    const one = selection.heads.length === 1 || selection.head_rule === "mean";
    const sum = options.span_rule === "sum" ? steps.length : 1;
    if (!method.attention || one) out.push(`row sums to ${sum}`);
  }
  if (reading.hiddenShare > 0 || reading.hidden.includes(1)) {
    const what = `hidden tokens hold ${percent(reading.hiddenShare)}`;
    out.push(
      reading.input !== null ? what : `${what}, ${reading.renormalized ? "given to the rest" : "left out"}`,
    );
  }
  return out;
}
