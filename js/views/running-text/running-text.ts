/** Prompt and answer as running text, which Text and Flow share: its tints, its pointer and its keys. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import type { ViewContext } from "../../context";
import { h, watchPaper, watchSize } from "../../dom";
import { targetSteps } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { buildText, type TextElements } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";
import { markForPaper } from "./on-paper";
import type { Overlay, Page } from "./page";
import { Paper } from "./paper";
import { followInks, pictureOf } from "./picture";
import styles from "./running-text.css";
import { followTip, tipElement } from "./tip";

export { styles };

/** Fill `host` with the text; `add` is called for each content and gives what a view draws on it. */
export function mountRunningText(
  host: HTMLElement,
  ctx: ViewContext,
  add?: (page: Page, ctx: ViewContext) => Overlay,
): void {
  const element = h("div", { class: "page" });
  const scroller = h("div", { class: "text" }, element);
  host.append(scroller);
  const showSpace = computed(() => ctx.state.options.value.show_whitespace);
  // New content gets new elements; what belongs to the old ones ends with `end`.
  ctx.effect(() => {
    const built = buildText(ctx.state.content.value, showSpace.value);
    const end = new AbortController();
    untracked(() => fill(host, scroller, element, built, ctx, end.signal, add));
    return () => end.abort();
  });
}

function fill(
  host: HTMLElement,
  scroller: HTMLElement,
  element: HTMLElement,
  built: TextElements,
  ctx: ViewContext,
  end: AbortSignal,
  add?: (page: Page, ctx: ViewContext) => Overlay,
): void {
  const tip = tipElement();
  const folds = new Folds(built.units, built.folds, end);
  const paper = new Paper(scroller, built.list, () => folds.elements(), end);
  const { boxes } = paper;
  element.replaceChildren(paper.under, built.list, paper.over, tip);
  const follow = (body: () => void) =>
    end.addEventListener(
      "abort",
      effect(() => {
        if (ctx.open.value) body();
      }),
    );
  const measured = signal(0);
  const sync = () => {
    if (paper.sync() && measured.peek() === 0) untracked(() => showTarget(built, paper, scroller, ctx));
    measured.value = measured.peek() + 1;
  };
  const picture = computed(() => pictureOf(folds, ctx));
  const inks = followInks(host, ctx, measured);
  watchPaper((printing) => {
    if (printing) untracked(() => markForPaper(folds.elements(), picture.value, inks.value.signed));
    paper.print(printing);
  }, end);
  watchLayout(sync, scroller, built.list, end);
  scroller.addEventListener("scroll", () => paper.scrolled(), { signal: end, passive: true });
  const page: Page = { built, folds, boxes, picture, scroller, end, follow, redraw: () => paper.again() };
  paper.overlay = add?.(page, ctx) ?? null;
  const input = new TextInput(built, folds, boxes, ctx, end, paper.overlay);
  follow(() => paper.draw(picture.value, inks.value));
  follow(() => folds.write(ctx));
  follow(() => {
    if (folds.changed.value > 0) untracked(sync);
  });
  followTip(tip, page, ctx, () => input.between);
  follow(() => markHeld(built, ctx));
}

/** Call `sync` when the text is laid out anew: by its size, by fonts that arrive, by the zoom of the browser. */
function watchLayout(sync: () => void, scroller: HTMLElement, list: HTMLElement, end: AbortSignal): void {
  watchSize([list, scroller], sync, end);
  document.fonts?.addEventListener("loadingdone", sync, { signal: end });
}

/** Scroll to the word that is explained at first. */
function showTarget(
  built: TextElements,
  { boxes }: Paper,
  scroller: HTMLElement,
  { state }: ViewContext,
): void {
  const [first] = unitsOf(state.content.value).ofSteps(targetSteps(state));
  const [box] = first === undefined ? [] : boxes.of(first);
  if (box && box.top + box.height > scroller.clientHeight) {
    scroller.scrollTop = built.list.offsetTop + box.top - scroller.clientHeight / 2;
  }
}

function markHeld(built: TextElements, { state }: ViewContext): void {
  const held = new Set(unitsOf(state.content.value).ofSteps(state.held.value));
  built.units.forEach((element, u) => {
    const selected = String(held.has(u));
    if (element.getAttribute("aria-selected") !== selected) element.setAttribute("aria-selected", selected);
  });
}
