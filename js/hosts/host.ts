/** A place where the widget is shown, and what is special about it. */
import type { Theme } from "../draw/color";

export interface Host {
  /** The theme that the host shows now; null in a page of another host. `elements` are the body and the root. */
  theme(elements: readonly HTMLElement[]): Theme | null;
  /** The CSS variables in which the host keeps its background, text colour and font. */
  readonly variables: { readonly background: string; readonly ink: string; readonly font?: string };
  /** Called once with the element of each display, which ends with `signal`. */
  prepare?(element: HTMLElement, signal: AbortSignal): void;
  /** Tell why Python does not answer, or null when it does again, until `signal` aborts; `manager` is ipywidgets'. */
  followPython?(manager: unknown, tell: (trouble: string | null) => void, signal: AbortSignal): void;
}
