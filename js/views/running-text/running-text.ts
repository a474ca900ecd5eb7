/** Prompt and answer as running text, which Text and Flow share: its tints, its pointer and its keys. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import type { ViewContext } from "../../context";
import { h, watchPaper, watchSize } from "../../dom";
import { usesLongText } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import { buildText, type TextElements } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";
import { markForPaper } from "./on-paper";
import type { Overlay, Page } from "./page";
import { Paper } from "./paper";
import { followInks, pictureOf } from "./picture";
import { keepPlace, placeIn, showExplained } from "./place";
import styles from "./running-text.css";

export { styles };

/** Fill `host` with the text; `add` is called for each content and gives what a view draws on it. */
export function mountRunningText(
  host: HTMLElement,
  ctx: ViewContext,
  add?: (page: Page, ctx: ViewContext) => Overlay | null,
): void {
  const element = h("div", { class: "page" });
  const scroller = h("div", { class: "text" }, element);
  const frame = h("div", { class: "text-frame" }, scroller);
  host.append(frame);
  const showSpace = computed(() => ctx.state.options.value.show_whitespace);
  // New content gets new elements; what belongs to the old ones ends with `end`.
  ctx.effect(() => {
    const built = buildText(ctx.state.content.value, showSpace.value);
    const end = new AbortController();
    untracked(() => fill(frame, scroller, element, built, ctx, end.signal, add));
    return () => end.abort();
  });
}

function fill(
  frame: HTMLElement,
  scroller: HTMLElement,
  element: HTMLElement,
  built: TextElements,
  ctx: ViewContext,
  end: AbortSignal,
  add?: (page: Page, ctx: ViewContext) => Overlay | null,
): void {
  const folds = new Folds(built.units, built.folds, end);
  const paper = new Paper(scroller, built.list, () => folds.elements(), end);
  const { boxes } = paper;
  element.replaceChildren(paper.under, built.list, paper.over);
  const follow = (body: () => void) =>
    end.addEventListener(
      "abort",
      effect(() => {
        if (ctx.open.value) body();
      }),
    );
  const measured = signal(0);
  let laid = false;
  const sync = () => {
    // What comes beside the text makes it narrower.
    const place = laid ? placeIn(page, ctx.state) : null;
    if (!paper.sync()) return;
    untracked(() => (place ? keepPlace(page, place) : showExplained(page, ctx.state)));
    laid = true;
    measured.value = measured.peek() + 1;
  };
  const moved = () => {
    paper.sync();
    measured.value = measured.peek() + 1;
  };
  const picture = computed(() => pictureOf(folds, ctx));
  const inks = followInks(frame, ctx, measured);
  watchPaper((printing) => {
    if (printing) untracked(() => markForPaper(folds.elements(), picture.value, inks.value.signed));
    paper.print(printing);
  }, end);
  scroller.addEventListener("scroll", () => paper.scrolled(), { signal: end, passive: true });
  const page: Page = {
    ...{ built, folds, boxes, picture, scroller, frame, inks, measured, end, follow, moved },
    redraw: () => paper.again(),
    get marks() {
      return paper.marks;
    },
    set marks(marks) {
      paper.marks = marks;
    },
  };
  watchLayout(sync, scroller, built.list, end);
  paper.overlay = add?.(page, ctx) ?? null;
  const input = new TextInput(built, folds, boxes, ctx, end, paper.overlay);
  follow(() => paper.draw(picture.value, inks.value));
  follow(() => folds.write(ctx));
  follow(() => {
    if (folds.changed.value > 0) untracked(moved);
  });
  follow(() => markHeld(built, ctx));
  void import("./tip").then(
    ({ followTip }) => end.aborted || untracked(() => followTip(element, page, ctx, () => input.between)),
  );
  loadLong(page, ctx);
}

/** Unpack what a long text, or one with thoughts or documents, has on its page once there is one, or a search. */
function loadLong(page: Page, ctx: ViewContext): void {
  let loaded = false;
  page.follow(() => {
    const { thoughts, rests } = ctx.state.content.peek();
    if (loaded || !(usesLongText(ctx.state) || thoughts || rests)) return;
    loaded = true;
    void import("./long").then(
      ({ followLong }) => page.end.aborted || untracked(() => followLong(page, ctx)),
    );
  });
}

/** Call `sync` when the text is laid out anew: by its size, by fonts that arrive, by the zoom of the browser. */
function watchLayout(sync: () => void, scroller: HTMLElement, list: HTMLElement, end: AbortSignal): void {
  watchSize([list, scroller], sync, end);
  document.fonts?.addEventListener("loadingdone", sync, { signal: end });
}

function markHeld(built: TextElements, { state }: ViewContext): void {
  const units = unitsOf(state.content.value);
  const held = new Set([...units.ofSteps(state.held.value), ...state.selected.value.map((i) => units.of(i))]);
  built.units.forEach((element, u) => {
    const selected = String(held.has(u));
    if (element.getAttribute("aria-selected") !== selected) element.setAttribute("aria-selected", selected);
  });
}
