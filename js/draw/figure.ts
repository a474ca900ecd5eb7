/** A view as a figure for paper: painted on a canvas or written down as SVG. */
import type { Theme } from "./color";
import type { Palette } from "./palette";
import type { Paper } from "./paper";

/** How a figure looks, whatever the page around it looks like. */
export interface FigureLook extends Palette {
  readonly theme: Theme;
  readonly columns: 1 | 2;
  /** Where text may be laid out: an element of the page. */
  readonly host: HTMLElement;
  /** The width to lay it out in, in pixels. */
  readonly width: number;
}

export interface Figure {
  /** Pixels that it takes. */
  readonly height: number;
  /** Sentences that say what is shown. */
  readonly caption: readonly string[];
  /** The ends of the scale and the colours between them; left out where there is none. */
  readonly scale?: { readonly low: string; readonly high: string; readonly colors: readonly string[] };
  paint(paper: Paper, pixels: number): void;
}
