/** The panel of options: how several become one, what is hidden, how strong the colours are. */

import type { Context, Part } from "../../context";
import { h } from "../../dom";
import { type HeadRule, headRules } from "../../session/heads";
import { type Grouping, groupings, type SpanRule, type UnitRule, unitRules } from "../../session/units";
import { hasMessages } from "../../state/groups";
import { ruleName } from "../../state/heads";
import { passesOn, shownMethod } from "../../state/selectors";
import type { Options } from "../../state/state";
import { hides } from "../../state/units";
import { type Choice, field, segmented, slider, tick } from "./controls";
import styles from "./panels.css";

export const options: Part = { styles, mount: (host, ctx) => host.append(optionsPanel(ctx)) };

const rules: readonly Choice[] = headRules.map((value) => ({ value, text: ruleName(value) }));

export const unitChoices: readonly Choice[] = groupings.map((value) => ({ value, text: `${value}s` }));
export const unitRuleChoices: readonly Choice[] = unitRules.map((value) => ({ value, text: value }));

export function optionsPanel(ctx: Context): HTMLElement {
  const { options } = ctx.state;
  const set = (change: Partial<Options>) => {
    options.value = { ...options.peek(), ...change };
  };
  const heads = segmented("Several heads", (value) => set({ head_rule: value as HeadRule }));
  const span = segmented("Several words", (value) => set({ span_rule: value as SpanRule }));
  const units = segmented("Read together", (value) => set({ units: value as Grouping }));
  const unitRule = segmented("Tokens of one", (value) => set({ unit_rule: value as UnitRule }));
  const joined = field("Its tokens become one by their", unitRule.element);
  const intensity = slider("Intensity", [0.2, 1, 0.05], (value) => set({ intensity: value }));
  const special = tick("Hide special tokens", (on) => set({ hide_special: on }));
  const first = tick("Hide the first token", (on) => set({ hide_first: on }));
  const target = tick("Hide the target so far", (on) => set({ hide_target: on }));
  const rest = tick("Give what they hold to the rest", (on) => set({ renormalize: on }));
  const through = tick("Pass on through the answer's own words", (on) => set({ through: on }));
  const space = tick("Show spaces and newlines", (on) => set({ show_whitespace: on }));
  const sink = tick("Colour the sink too", (on) => set({ scale_sink: on }));
  sink.element.title =
    "A control token or the first token that holds over a quarter of a row is off the colour scale, unless this is ticked.";
  rest.element.title =
    "Renormalise: the row sums to 1 again without the hidden tokens. Not for signed methods.";
  through.element.title =
    "What a word drew from earlier words of the answer is given to what these drew from, until all of it rests on the prompt: (I − R)⁻¹ P. Not for signed methods.";
  ctx.effect(() => {
    const now = options.value;
    heads.show(rules, now.head_rule);
    span.show(rules.slice(0, 2), now.span_rule);
    const message = hasMessages(ctx.state.sent.value);
    units.show(unitChoices.slice(0, message ? 4 : 3), now.units);
    unitRule.show(unitRuleChoices, now.unit_rule);
    joined.hidden = now.units === "token";
    intensity.input.value = String(now.intensity);
    special.input.checked = now.hide_special;
    first.input.checked = now.hide_first;
    target.input.checked = now.hide_target;
    target.element.hidden = ctx.state.content.value.source === undefined;
    rest.input.checked = now.renormalize;
    rest.input.disabled = !hides(now);
    through.input.checked = now.through;
    const [method, content] = [shownMethod(ctx.state), ctx.state.content.value];
    through.element.hidden = content.inputs <= content.steps.first;
    through.input.disabled = !method || !passesOn(method, content);
    space.input.checked = now.show_whitespace;
    sink.input.checked = now.scale_sink;
  });
  return h(
    "div",
    { class: "options" },
    field("Several heads become one by their", heads.element),
    field("Several words held, by their", span.element),
    field("Read together, in Text and Flow,", units.element),
    joined,
    intensity.element,
    special.element,
    first.element,
    target.element,
    rest.element,
    through.element,
    space.element,
    sink.element,
  );
}
