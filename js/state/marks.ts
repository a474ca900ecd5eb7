/** What a context changed, for the panel that finds it and the text that shows it: kept apart from the state, which is in the core. */
import { type Signal, signal } from "@preact/signals-core";
import type { State } from "./state";

export interface Marks {
  /** Steps that a context changed. */
  readonly changed: readonly number[];
  /** Words of the context that did it, as tokens. */
  readonly cues: readonly (readonly [start: number, end: number])[];
}

export const noMarks: Marks = { changed: [], cues: [] };

const all = new WeakMap<State, Signal<Marks>>();

export function marksOf(state: State): Signal<Marks> {
  const marks = all.get(state) ?? signal(noMarks);
  all.set(state, marks);
  return marks;
}
