/** The text view: prompt and answer as running text, tinted by what each unit gave to the one explained. */
import { computed, effect, signal } from "@preact/signals-core";
import { h } from "../../dom";
import { numeral, spoken } from "../../draw/numerals";
import { tint } from "../../draw/ramp";
import type { Reading, Readings } from "../../scores/shown-scores";
import { targetSteps, type ViewContext } from "../../state/selectors";
import { hides, named, unitsOf } from "../../state/units";
import { buildText, type TextElements } from "./build";
import { listen } from "./input";
import { type Inks, Paper } from "./paper";

export function mountTokens(host: HTMLElement, ctx: ViewContext, readings: Readings): void {
  const { state } = ctx;
  const tip = h("div", { class: "tip", "aria-hidden": "true", hidden: true });
  const page = h("div", { class: "page" });
  const scroller = h("div", { class: "text" }, page);
  host.append(scroller);
  const showSpace = computed(() => state.options.value.show_whitespace);
  ctx.effect(() => {
    const text = buildText(state.content.value, showSpace.value);
    const paper = new Paper(scroller, text.list, text.units);
    page.replaceChildren(paper.under, text.list, paper.over, tip);
    const end = new AbortController();
    // Styles have no values before the display is in the page.
    const measured = signal(0);
    const sync = () => {
      paper.sync();
      measured.value = measured.peek() + 1;
    };
    watchSize(sync, paper, scroller, text.list, end.signal);
    listen(text, paper, ctx, end.signal);
    const looks = computed(() => {
      measured.value;
      return [inks(host, ctx, false), inks(host, ctx, true)] as const;
    });
    const stops = [
      effect(() => draw(text, paper, looks.value, ctx, readings)),
      effect(() => label(text, paper, tip, ctx, readings)),
      effect(() => markHeld(text, ctx)),
    ];
    return () => {
      for (const stop of stops) stop();
      end.abort();
    };
  });
}

function watchSize(
  sync: () => void,
  paper: Paper,
  scroller: HTMLElement,
  list: HTMLElement,
  end: AbortSignal,
): void {
  const observer = new ResizeObserver(sync);
  observer.observe(list);
  observer.observe(scroller);
  end.addEventListener("abort", () => observer.disconnect());
  document.fonts?.addEventListener("loadingdone", sync, { signal: end });
  const watchScale = () => {
    if (end.aborted) return;
    const scale = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const changed = () => {
      sync();
      watchScale();
    };
    scale.addEventListener("change", changed, { once: true, signal: end });
  };
  watchScale();
  scroller.addEventListener("scroll", () => paper.scrolled(), { signal: end, passive: true });
}

function inks(host: HTMLElement, ctx: ViewContext, signed: boolean): Inks {
  const style = getComputedStyle(host);
  const color = (name: string) => style.getPropertyValue(name).trim() || "#888";
  const forced = matchMedia("(forced-colors: active)").matches;
  return {
    ...tint(ctx.theme.value),
    signed,
    forced,
    ground: forced ? "Canvas" : color("--aw-bg"),
    ink: forced ? "CanvasText" : color("--aw-ink"),
    soft: forced ? "GrayText" : color("--aw-soft"),
    accent: forced ? "Highlight" : color("--aw-accent"),
    accentGround: color("--aw-accent-bg"),
  };
}

function draw(
  text: TextElements,
  paper: Paper,
  looks: readonly [Inks, Inks],
  ctx: ViewContext,
  readings: Readings,
): void {
  const { state } = ctx;
  const units = unitsOf(state.content.value);
  const reading = readings.shown.value;
  const targets = units.ofSteps(targetSteps(state));
  const options = state.options.value;
  const input = state.hoveredInput.value;
  const last = targets.at(-1);
  paper.draw(
    {
      values: reading?.values ?? null,
      high: reading?.high ?? 0,
      intensity: options.intensity,
      hidden: targets.length > 0 && hides(options) ? units.hidden(options) : null,
      targets,
      pointed: input === null ? null : units.of(input),
      veilFrom: last === undefined || units.labels ? text.units.length : last + 1,
    },
    looks[reading?.method.signed ? 1 : 0],
  );
}

/** The number beside the unit pointed at: what it gave to the words explained, or to those held. */
function label(
  text: TextElements,
  paper: Paper,
  tip: HTMLElement,
  ctx: ViewContext,
  readings: Readings,
): void {
  const { state } = ctx;
  const units = unitsOf(state.content.value);
  const input = state.hoveredInput.value;
  const hovered = state.hoveredSteps.value;
  const reading = input !== null ? readings.shown.value : readings.held.value;
  const u = input !== null ? units.of(input) : hovered.length > 0 ? units.ofSteps(hovered)[0] : undefined;
  const words = u === undefined || !reading || reading.steps.length === 0 ? "" : value(reading, u, units);
  tip.hidden = words === "" || u === undefined;
  if (tip.hidden || u === undefined) return;
  tip.textContent =
    hovered.length > 0 ? `${words} of ${named(units.joined(units.ofSteps(reading?.steps ?? [])))}` : words;
  text.units[u]?.setAttribute("aria-description", describe(reading as Reading, u));
  const box = paper.boxes(u)[0];
  if (!box) return;
  const above = box.top > 22;
  const half = tip.offsetWidth / 2;
  const room = text.list.offsetWidth - half;
  const x = Math.max(half, Math.min(room, box.left + box.width / 2)) - half;
  const y = above ? box.top - 4 - tip.offsetHeight : box.top + box.height + 4;
  tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}

function value(reading: Reading, u: number, units: ReturnType<typeof unitsOf>): string {
  if (reading.hidden[u]) return "hidden";
  const v = reading.values[u] as number;
  if (!Number.isNaN(v)) return numeral(v, reading.method.signed, reading.high);
  return u < units.firstWritten ? "–" : "";
}

function describe(reading: Reading, u: number): string {
  return reading.hidden[u] ? "hidden" : `gave ${spoken(reading.values[u] as number, reading.high)}`;
}

function markHeld(text: TextElements, ctx: ViewContext): void {
  const held = new Set(unitsOf(ctx.state.content.value).ofSteps(ctx.state.held.value));
  text.units.forEach((element, u) => {
    const selected = String(held.has(u));
    if (element.getAttribute("aria-selected") !== selected) element.setAttribute("aria-selected", selected);
  });
}
