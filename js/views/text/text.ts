/** The text view: prompt and answer as running text, tinted by what each unit gave to the one explained. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import type { View, ViewContext } from "../../context";
import { h, inNextFrame, watchPaper, watchSize } from "../../dom";
import { paletteOf } from "../../draw/palette";
import { tint } from "../../draw/ramp";
import { compared } from "../../scores/sink";
import { targetSteps } from "../../state/selectors";
import { hides, unitsOf } from "../../state/units";
import type { Boxes } from "./boxes";
import { buildText, type TextElements } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";
import { markForPaper } from "./on-paper";
import type { Inks, Picture } from "./paint";
import { Paper } from "./paper";
import styles from "./text.css";
import { placeTip, tipElement, updateTip } from "./tip";

export const text: View = { id: "text", title: "Text", styles, mount };

function mount(host: HTMLElement, ctx: ViewContext): void {
  const { state } = ctx;
  const tip = tipElement();
  const page = h("div", { class: "page" });
  const scroller = h("div", { class: "text" }, page);
  host.append(scroller);
  const showSpace = computed(() => state.options.value.show_whitespace);
  // New content gets new elements; what belongs to the old ones ends with `end`.
  ctx.effect(() => {
    const built = buildText(state.content.value, showSpace.value);
    const end = new AbortController();
    const folds = new Folds(built.units, built.folds, end.signal);
    const paper = new Paper(scroller, built.list, () => folds.elements(), end.signal);
    page.replaceChildren(paper.under, built.list, paper.over, tip);
    const measured = signal(0);
    const sync = () => {
      if (paper.sync() && measured.peek() === 0)
        untracked(() => showTarget(built, paper.boxes, scroller, ctx));
      measured.value = measured.peek() + 1;
    };
    watchPaper((printing) => {
      const signed = ctx.scores.shown.peek()?.method.signed ?? false;
      if (printing) untracked(() => markForPaper(folds.elements(), pictureOf(folds, ctx), signed));
    }, end.signal);
    watchLayout(sync, scroller, built.list, end.signal);
    scroller.addEventListener("scroll", () => paper.scrolled(), { signal: end.signal, passive: true });
    new TextInput(built, folds, paper.boxes, ctx, end.signal);
    // In the next frame, when all that a move changes is written: measuring lays the page out.
    let tipAt: number | null = null;
    const place = inNextFrame(() => {
      if (tipAt !== null) placeTip(tip, paper.boxes, folds.standIn(tipAt), built.list.offsetWidth);
    }, end.signal);
    // Styles have no values before the display is in the page: read them again after each measurement.
    const inks = computed(() => {
      void measured.value;
      return inksOf(host, ctx);
    });
    const stops = [
      effect(() => {
        const signed = ctx.scores.shown.value?.method.signed ?? false;
        paper.draw(pictureOf(folds, ctx), { ...inks.value, signed });
      }),
      effect(() => folds.write(ctx)),
      effect(() => {
        if (folds.changed.value > 0) untracked(sync);
      }),
      effect(() => {
        tipAt = updateTip(tip, built, ctx);
        if (tipAt !== null) place();
      }),
      effect(() => markHeld(built, ctx)),
    ];
    return () => {
      for (const stop of stops) stop();
      end.abort();
    };
  });
}

/** Call `sync` when the text is laid out anew: by its size, by fonts that arrive, by the zoom of the browser. */
function watchLayout(sync: () => void, scroller: HTMLElement, list: HTMLElement, end: AbortSignal): void {
  watchSize([list, scroller], sync, end);
  document.fonts?.addEventListener("loadingdone", sync, { signal: end });
}

function inksOf(host: HTMLElement, ctx: ViewContext): Omit<Inks, "signed"> {
  const inks = { ...paletteOf(host), ...tint(ctx.theme.value) };
  const forced = matchMedia("(forced-colors: active)").matches;
  const system = { ground: "Canvas", ink: "CanvasText", soft: "GrayText", accent: "Highlight" };
  return { ...inks, ...(forced ? system : {}), forced };
}

/** Scroll to the word that is explained at first. */
function showTarget(built: TextElements, boxes: Boxes, scroller: HTMLElement, { state }: ViewContext): void {
  const [first] = unitsOf(state.content.value).ofSteps(targetSteps(state));
  const [box] = first === undefined ? [] : boxes.of(first);
  if (box && box.top + box.height > scroller.clientHeight) {
    scroller.scrollTop = built.list.offsetTop + box.top - scroller.clientHeight / 2;
  }
}

function pictureOf(folds: Folds, { state, scores }: ViewContext): Picture {
  void folds.changed.value;
  const units = unitsOf(state.content.value);
  const shown = scores.shown.value;
  const targets = units.ofSteps(targetSteps(state));
  const options = state.options.value;
  const input = state.hoveredInput.value;
  const last = targets.at(-1);
  return {
    values: shown && folds.merged(valuesAlone(compared(shown), state.alone.value)),
    sink: shown?.sink == null ? null : folds.standIn(shown.sink),
    high: shown?.high ?? 0,
    intensity: options.intensity,
    hidden: targets.length > 0 && hides(options) ? units.hidden(options) : null,
    targets,
    pointed: input === null ? null : folds.standIn(units.of(input)),
    veilFrom: last === undefined || units.labels ? units.count : last + 1,
  };
}

/** The values with all but those of one unit left out. */
function valuesAlone(values: Float32Array, unit: number | null): Float32Array {
  return unit === null ? values : values.map((v, u) => (u === unit ? v : Number.NaN));
}

function markHeld(built: TextElements, { state }: ViewContext): void {
  const held = new Set(unitsOf(state.content.value).ofSteps(state.held.value));
  built.units.forEach((element, u) => {
    const selected = String(held.has(u));
    if (element.getAttribute("aria-selected") !== selected) element.setAttribute("aria-selected", selected);
  });
}
