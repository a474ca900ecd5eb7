/** What a view that draws on running text is given, and what it gives. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Paper } from "../../draw/paper";
import type { Boxes } from "./boxes";
import type { TextElements } from "./build";
import type { Folds } from "./folds";
import type { Inks, Picture } from "./paint";

/** The running text of one content. */
export interface Page {
  readonly built: TextElements;
  readonly folds: Folds;
  readonly boxes: Boxes;
  readonly picture: ReadonlySignal<Picture>;
  readonly scroller: HTMLElement;
  /** The box around the scroller, for what stands beside the text. */
  readonly frame: HTMLElement;
  readonly inks: ReadonlySignal<Inks>;
  /** Changes whenever the text is laid out anew. */
  readonly measured: ReadonlySignal<number>;
  /** Marks on the text, over what it shows. */
  marks: Marks | null;
  /** Aborted when other content takes its place. */
  readonly end: AbortSignal;
  /** Start an effect that ends with the page and rests while the view is not shown. */
  follow(body: () => void): void;
  /** Paint again in the next frame. */
  redraw(): void;
  /** Measure again what was moved. */
  moved(): void;
}

/** Paint marks between these heights of the list. */
export type Marks = (c: CanvasRenderingContext2D, top: number, bottom: number) => void;

/** Two canvases, under the words and over them, in the pixels of the list. */
export interface Sheet {
  readonly under: Paper;
  readonly over: Paper;
  readonly boxes: Boxes;
  readonly picture: Picture;
  readonly inks: Inks;
  readonly width: number;
  /** The part of the list that is in sight. */
  readonly view: readonly [top: number, bottom: number];
  /** It is for paper: all is in sight. */
  readonly printing: boolean;
}

/** What a view draws on running text. */
export interface Overlay {
  /** Called after the text is painted, in the same frame, and whenever the text is scrolled. */
  paint(sheet: Sheet): void;
  /** The input that is pointed at between the words. */
  unitAt(x: number, y: number): number | null;
}
