/** The footer: what is shown, the legend with its numbers, and what might have been written instead. */
import { computed } from "@preact/signals-core";
import type { Context } from "../../context";
import { h, plainText, watchSize, writeText } from "../../dom";
import { numeral } from "../../draw/numerals";
import { type Tint, tint } from "../../draw/ramp";
import type { ShownScores } from "../../scores/shown-scores";
import { compared, sinksOf } from "../../scores/sink";
import type { Content } from "../../session/content";
import { named } from "../../state/names";
import { foilOf, targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { withTerms } from "../terms";
import { mountAlternatives } from "./alternatives";
import styles from "./footer.css";
import {
  disputedText,
  explainedText,
  hintText,
  inputText,
  legendTexts,
  strongestText,
  wholeText,
} from "./footer-text";

export const footer = { styles, mount };

function mount(host: HTMLElement, ctx: Context): void {
  const sentence = h("p", { class: "sentence" });
  const legend = h("div", { class: "legend" });
  const alternatives = h("div", { class: "instead" });
  const keys = h("div", { class: "keys", "aria-hidden": "true" });
  const foot = h(
    "div",
    { class: "foot" },
    h("div", { class: "line" }, sentence, legend),
    h("div", { class: "line" }, alternatives, keys),
  );
  host.append(foot);
  keepHeight(foot, ctx.signal);
  mountAlternatives(alternatives, ctx);
  followSentence(sentence, ctx);
  followLegend(legend, ctx);
  announceStrongest(ctx);
  ctx.effect(() => keys.replaceChildren(...keyHints(ctx.state.content.value)));
}

/** Let `foot` grow, but not shrink while its width stays: a preview must not move what is under the pointer. */
function keepHeight(foot: HTMLElement, end: AbortSignal): void {
  let width = 0;
  const keep = () => {
    if (foot.offsetWidth !== width) foot.style.minHeight = "";
    width = foot.offsetWidth;
    foot.style.minHeight = getComputedStyle(foot).height;
  };
  watchSize([foot], keep, end);
}

function followSentence(host: HTMLElement, { state, scores, later }: Context): void {
  later(() => {
    const content = state.content.value;
    const steps = targetSteps(state).filter((s) => s < content.steps.count);
    const shown = scores.shown.value;
    if (steps.length > 0)
      writeText(
        host,
        withTerms(explainedText(steps, shown, content, state.options.value, foilOf(state, steps))),
      );
    else if (shown?.input != null) writeText(host, withTerms(inputText(shown, content)));
    else writeText(host, [...wholeText(shown, content), ...hintText(content)]);
  });
}

function followLegend(host: HTMLElement, ctx: Context): void {
  const { state, scores, legend, theme, allSteps, effect, later } = ctx;
  const [low, ramp] = [h("span", { class: "num" }), h("i", { class: "ramp" })];
  const [high, facts] = [h("span", { class: "num" }), h("span")];
  const sink = sinkButton({ state });
  host.append(low, ramp, h("span", {}, high, facts), sink.element);
  const signed = computed(() => legend.value !== null || (scores.shown.value?.method.signed ?? false));
  const intensity = computed(() => state.options.value.intensity);
  effect(() => {
    ramp.style.backgroundImage = gradient(tint(theme.value), signed.value, intensity.value);
  });
  later(() => {
    const shown = scores.shown.value;
    host.hidden = !shown || allSteps.value;
    if (!shown) return;
    const own = legend.value;
    const most = own ? own.high : shown.high;
    const texts = own ? [own.says] : legendTexts(shown, state.options.value, state.content.value);
    sink.show(own ? null : shown, state.content.value);
    const end = (sign: 1 | -1) => (most === null ? "" : numeral(sign * most, signed.value, most));
    writeText(low, [signed.value ? end(-1) : "0"]);
    writeText(high, [end(1)]);
    const before = most === null ? "" : " · ";
    writeText(facts, withTerms([before + texts.join(" · ")]));
  });
}

/** The button that puts sinks on the colour scale, and off again. */
function sinkButton({ state }: Pick<Context, "state">) {
  const element = h("button", {
    type: "button",
    class: "chip",
    onclick: () => {
      const options = state.options.peek();
      state.options.value = { ...options, scale_sink: !options.scale_sink };
    },
  });
  return {
    element,
    show(shown: ShownScores | null, content: Content): void {
      element.hidden = true;
      if (!shown) return;
      const on = state.options.value.scale_sink;
      const { values, method, high } = shown;
      const sinks = on && shown.input === null ? sinksOf(compared(shown), content) : shown.sinks;
      element.hidden = sinks.length === 0;
      if (element.hidden) return;
      const names = sinks.map(
        (u) => `${named(unitsOf(content).text(u))} ${numeral(values[u] as number, method.signed, high)}`,
      );
      element.setAttribute("aria-pressed", String(on));
      element.textContent = `${names.join(", ")} ${on ? "on" : "off"} the scale`;
      element.title = on
        ? "Leave it out of the colours again, so that the others can be told apart."
        : "A control token or the first token often takes much of a row whatever the text says. Its number is kept; click to colour it too.";
    },
  };
}

/** When other steps are held, announce which words gave most to them. */
function announceStrongest({ state, scores, announce, effect }: Context): void {
  let told: readonly number[] = [];
  effect(() => {
    const [held, steps] = [scores.held.value, state.held.value];
    if (steps.length === 0) told = [];
    if (!held || steps.length === 0 || steps === told || held.steps.join() !== steps.join()) return;
    told = steps;
    const content = state.content.peek();
    const words = strongestText(held, content);
    const disputed = plainText(disputedText(held, content)).replace(/^ · l/, " L");
    // After the word that is held is named: its scores may have been known before.
    if (words) queueMicrotask(() => announce(`Most from ${words}.${disputed && `${disputed}.`}`));
  });
}

function gradient(tints: ReturnType<typeof tint>, signed: boolean, intensity: number): string {
  const at = ({ rgb, alpha }: Tint, share: number) => `rgb(${rgb.join(" ")} / ${share * alpha * intensity})`;
  const stops = signed
    ? [at(tints.negative, 1), at(tints.negative, 0), at(tints.positive, 0), at(tints.positive, 1)]
    : [at(tints.unsigned, 0), at(tints.unsigned, 1)];
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

function keyHints({ steps: { step_noun }, editing }: Content): Node[] {
  const hints: [string[], string][] = [
    [["←", "→"], step_noun ? `token or ${step_noun[0]}` : "token"],
    [["[", "]"], "layer"],
    ...(editing ? [[["E"], "change a word"] as [string[], string]] : []),
    [["Esc"], "back"],
  ];
  return hints.map(([keys, does]) => h("span", {}, ...keys.map((key) => h("kbd", {}, key)), ` ${does}`));
}
