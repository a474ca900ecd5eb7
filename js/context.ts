/** What views and panels are given, and what a view is. */
import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { Figure, FigureLook } from "./draw/figure";
import type { Scores } from "./scores/shown-scores";
import type { Session } from "./session/session";
import type { Display } from "./state/display";
import type { State } from "./state/state";

/** A second explanation, to be compared with the first. */
export interface Other {
  readonly state: State;
  readonly session: Session;
  /** Pairs of units that are the same characters, of the first explanation and of this one. */
  readonly links: ReadonlySignal<readonly (readonly [here: number, there: number])[]>;
}

/** A scale of signed values. */
export interface Legend {
  /** Its end; null where what is drawn has several scales. */
  readonly high: number | null;
  /** What its colours stand for. */
  readonly says: string;
}

export interface Context extends Display {
  readonly scores: Scores;
  readonly other: Other | null;
  /** The scale of what the view draws; null where that is the scores shown. */
  readonly legend: Signal<Legend | null>;
  /** Fill `host` with a part: at once if it is here, else as soon as it is unpacked from the bundle. */
  readonly mountPart: (part: Soon<Part>, host: HTMLElement) => Soon<void>;
}

export type Soon<T> = T | Promise<T>;

export interface ViewContext extends Context {
  /** True while this view is the one shown. */
  readonly open: ReadonlySignal<boolean>;
}

/** A piece of the page with its styles. */
export interface Part<C = Context> {
  readonly styles: string;
  /** Styles of the whole display on paper, which go after all others. */
  readonly printed?: string;
  /** Fill `host`; everything started here ends with `ctx.signal`. */
  mount(host: HTMLElement, ctx: C): void;
  /** Draw what it shows for paper; undefined where the work was cancelled. Throws an Error with one sentence. */
  figure?(ctx: Context, look: FigureLook): Promise<Figure | undefined>;
}

/** One way to show an explanation; views/index.ts lists them. */
export interface View {
  /** The value of Python's trait `view`. */
  readonly id: string;
  /** The text of its button in the toolbar. */
  readonly title: string;
  /** Return what fills the view when it is first shown: at once, or unpacked from the bundle by `import()`. */
  load(): Soon<Part<ViewContext>>;
  /** The view shows the scores of every step at once: without a foil, and a copy takes all steps. */
  readonly allSteps?: boolean;
}
