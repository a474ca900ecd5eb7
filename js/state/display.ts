/** What one display offers to everything inside it. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Theme } from "../draw/color";
import type { RequestOptions } from "../session/requests";
import type { Session } from "../session/session";
import type { State } from "./state";

export interface Display {
  readonly state: State;
  readonly session: Session;
  readonly theme: ReadonlySignal<Theme>;
  /** Aborted when the display ends. */
  readonly signal: AbortSignal;
  /** True while the view shows the scores of every step at once: there is no foil then, and a copy takes all steps. */
  readonly allSteps: ReadonlySignal<boolean>;
  /** Send `text` to the live region. */
  announce(text: string): void;
  /**
   * Do work with a progress bar, a cancel button and an error message; undefined when the work was replaced, cancelled
   * or failed. New work of a `lane` replaces the old. An effect that calls this runs again on "Retry".
   */
  run<T>(work: (options: RequestOptions) => Promise<T>, lane?: string): Promise<T | undefined>;
  /** Call `work` in so many milliseconds, unless the function returned is called before; the display is busy until then. */
  after(ms: number, work: () => unknown): () => void;
  /** Start an effect that ends with the display. */
  effect(body: () => void | (() => void)): void;
  /** The same, which runs again after the next frame: the tints come first. */
  later(body: () => void | (() => void)): void;
}
