/** The footer: in words what is shown, the legend with its numbers, and what might have been written instead. */
import { computed } from "@preact/signals-core";
import { h } from "../../dom";
import { numeral } from "../../draw/numerals";
import { type Tint, tint } from "../../draw/ramp";
import type { Reading, Readings } from "../../scores/shown-scores";
import type { Content } from "../../session/session";
import { strongest } from "../../state/selection";
import { foilOf, targetSteps, type ViewContext } from "../../state/selectors";
import { mountAlternatives } from "./alternatives";
import { explained, fed, scaleSays, type Words } from "./footer-text";

/** Puts words into `host`, touching only what differs: the footer changes with every move of the pointer. */
function write(host: HTMLElement, words: Words): void {
  words.forEach((word, k) => {
    const text = typeof word === "string" ? word : word.strong;
    const old = host.childNodes[k];
    const fits = old && (typeof word === "string") === (old.nodeType === Node.TEXT_NODE);
    if (fits && old.textContent === text) return;
    if (fits && old.firstChild) old.firstChild.nodeValue = text;
    else if (fits) old.textContent = text;
    else {
      const made = typeof word === "string" ? document.createTextNode(text) : h("b", {}, text);
      if (old) old.replaceWith(made);
      else host.append(made);
    }
  });
  while (host.childNodes.length > words.length) host.lastChild?.remove();
}

export function mountFooter(host: HTMLElement, ctx: ViewContext, readings: Readings): void {
  const { state } = ctx;
  const say = h("p", { class: "say" });
  const [low, ramp, high, facts] = [
    h("span", { class: "num" }),
    h("i", { class: "ramp" }),
    h("span", { class: "num" }),
    h("span"),
  ];
  const legend = h("div", { class: "legend" }, low, ramp, h("span", {}, high, facts));
  const instead = mountAlternatives(ctx);
  const keys = h("div", { class: "keys", "aria-hidden": "true" });
  const foot = h(
    "div",
    { class: "foot" },
    h("div", { class: "line" }, say, legend),
    h("div", { class: "line" }, instead, keys),
  );
  host.append(foot);
  keepHeight(foot, ctx.signal);

  ctx.effect(() => keys.replaceChildren(...keyHints(state.content.value)));
  ctx.effect(() => {
    const content = state.content.value;
    const steps = targetSteps(state).filter((s) => s < content.steps.count);
    const reading = readings.shown.value;
    if (steps.length > 0)
      write(say, explained(steps, reading, content, state.options.value, foilOf(state, steps)));
    else if (reading?.input != null) write(say, fed(reading, content));
    else write(say, hint(content));
  });
  const signed = computed(() => readings.shown.value?.method.signed ?? false);
  const intensity = computed(() => state.options.value.intensity);
  ctx.effect(() => {
    ramp.style.backgroundImage = gradient(tint(ctx.theme.value), signed.value, intensity.value);
  });
  ctx.effect(() => {
    const reading = readings.shown.value;
    legend.hidden = !reading || state.view.value !== "text";
    if (!reading) return;
    const most = reading.high;
    write(low, [signed.value ? numeral(-most, true, most) : "0"]);
    write(high, [numeral(most, signed.value, most)]);
    write(facts, [
      scaleSays(reading, state.options.value)
        .map((fact) => ` · ${fact}`)
        .join(""),
    ]);
  });
  let last: Reading | null = null;
  ctx.effect(() => {
    const reading = readings.held.value;
    if (reading && reading.steps !== last?.steps) {
      const from = strongest(ctx, reading.values, reading.high);
      if (from) ctx.announce(`Most from ${from}.`);
    }
    last = reading;
  });
}

/** Lets `foot` grow and not shrink while it is as wide: or a preview would move another display off the pointer. */
function keepHeight(foot: HTMLElement, end: AbortSignal): void {
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (foot.offsetWidth !== width) foot.style.minHeight = "";
    width = foot.offsetWidth;
    foot.style.minHeight = getComputedStyle(foot).height;
  });
  observer.observe(foot);
  end.addEventListener("abort", () => observer.disconnect());
}

function hint({ steps: { count, step_noun } }: Content): Words {
  const what = step_noun ? `one of the ${step_noun[1]}` : "a word of the answer";
  return count > 0
    ? [{ strong: `Hover ${what}` }, " to see which words carried it; click to hold it."]
    : ["Nothing was generated, so there is nothing to explain."];
}

function gradient(tints: ReturnType<typeof tint>, signed: boolean, intensity: number): string {
  const at = ({ rgb, alpha }: Tint, share: number) => `rgb(${rgb.join(" ")} / ${share * alpha * intensity})`;
  const stops = signed
    ? [at(tints.negative, 1), at(tints.negative, 0), at(tints.positive, 0), at(tints.positive, 1)]
    : [at(tints.unsigned, 0), at(tints.unsigned, 1)];
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}

function keyHints({ steps: { step_noun } }: Content): Node[] {
  const hints: [string[], string][] = [
    [["←", "→"], step_noun ? `token or ${step_noun[0]}` : "token"],
    [["[", "]"], "layer"],
    [["Esc"], "let go"],
  ];
  return hints.map(([keys, does]) => h("span", {}, ...keys.map((key) => h("kbd", {}, key)), ` ${does}`));
}
