/** What every view is given, and readings of the state that several views share. */
import type { ReadonlySignal } from "@preact/signals-core";
import type { Theme } from "../draw/color";
import type { Foil, MethodInfo, RequestOptions, Selection, Session } from "../session/session";
import type { State } from "./state";

export interface ViewContext {
  readonly state: State;
  readonly session: Session;
  readonly theme: ReadonlySignal<Theme>;
  /** Aborted when this display ends. */
  readonly signal: AbortSignal;
  /** Says `text` to a screen reader when it has time. */
  announce(text: string): void;
  /**
   * Does work with progress bar, cancel button and error state; undefined when it was overtaken, cancelled or failed.
   * New work of a `lane` overtakes the old one. Called in an effect, the effect runs again when the person retries.
   */
  run<T>(work: (options: RequestOptions) => Promise<T>, lane?: string): Promise<T | undefined>;
  /** A signals effect that ends with this display. */
  effect(body: () => void | (() => void)): void;
}

/** The method of that name, or the first. */
export function methodOf(state: State, name: string = state.method.value): MethodInfo | undefined {
  const { methods } = state.content.value;
  return methods.find((m) => m.name === name) ?? methods[0];
}

/** The attention method shown, or the first there is. */
export function attentionMethod(state: State): MethodInfo | undefined {
  const shown = methodOf(state);
  return shown?.attention ? shown : state.content.value.methods.find((m) => m.attention);
}

/** The method to show: a head under the pointer previews attention. */
export function shownMethod(state: State): MethodInfo | undefined {
  return (state.hoveredHead.value && attentionMethod(state)) || methodOf(state);
}

/** What the steps are contrasted with; a foil is of one step. */
export function foilOf(state: State, steps: readonly number[]): Foil | null {
  const foil = state.foil.value;
  return foil && steps.length === 1 && steps[0] === foil.step ? foil : null;
}

/** Whose scores of `steps` to show; a head under the pointer goes before those chosen. The matrix has no foil. */
export function selection(state: State, steps: readonly number[] = []): Selection {
  const method = shownMethod(state);
  const { head_rule } = state.options.value;
  const none: Selection = { method: method?.name ?? "", layer: null, heads: [], head_rule: "mean" };
  if (!method?.attention) {
    const foil = state.view.value === "text" ? foilOf(state, steps) : null;
    return foil && method && state.content.value.contrast[method.name] ? { ...none, foil: foil.id } : none;
  }
  const peek = state.hoveredHead.value;
  if (peek) return { ...none, heads: [peek] };
  const heads = state.heads.value;
  return { ...none, layer: heads.length > 0 ? null : state.layer.value, heads, head_rule };
}

/** The steps to explain: those under the pointer, else those held. */
export function targetSteps(state: State): readonly number[] {
  return state.hoveredSteps.value.length > 0 ? state.hoveredSteps.value : state.held.value;
}
