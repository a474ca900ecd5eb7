/** What views and panels are given, and what a view is. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Scores } from "./scores/shown-scores";
import type { Display } from "./state/display";

export interface Context extends Display {
  readonly scores: Scores;
}

export interface ViewContext extends Context {
  /** True while this view is the one shown. */
  readonly open: ReadonlySignal<boolean>;
}

/** One way to show an explanation; views/index.ts lists them. */
export interface View {
  /** The value of Python's trait `view`. */
  readonly id: string;
  /** The text of its button in the toolbar. */
  readonly title: string;
  readonly styles: string;
  /** Fill `host` when the view is first shown; everything started here ends with `ctx.signal`. */
  mount(host: HTMLElement, ctx: ViewContext): void;
  /** The view shows the scores of every step at once: without a foil, and a copy takes all steps. */
  readonly allSteps?: boolean;
}
