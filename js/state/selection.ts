/** Hold steps, let them go, and preview: the same in every view. */
import { batch } from "@preact/signals-core";
import { spokenChance } from "../draw/numerals";
import type { Foil } from "../session/foil";
import type { Display } from "./display";
import { named } from "./names";
import { fits, foilOf, restingSteps } from "./selectors";
import type { State } from "./state";
import { unitsOf } from "./units";

const sameSteps = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((step, k) => step === b[k]);

/** Hold `steps`; let go of them if they are held already. */
export function toggleHeld(display: Display, steps: readonly number[]): void {
  if (sameSteps(steps, display.state.held.peek())) release(display);
  else hold(display, steps);
}

/** Select inputs, which stay pointed at; let go of them if they are selected already. */
export function toggleSelected({ state, announce }: Display, inputs: readonly number[]): void {
  const off = sameSteps(inputs, state.selected.peek());
  state.selected.value = off ? [] : inputs;
  const units = unitsOf(state.content.peek());
  announce(off ? "Let go." : `Selected ${named(units.joined(inputs.map((input) => units.of(input))))}.`);
}

/** Hold everything between the steps held and `steps`. */
export function extendHeld(display: Display, steps: readonly number[]): void {
  const all = [...display.state.held.peek(), ...steps];
  const low = Math.min(...all);
  hold(
    display,
    Array.from({ length: Math.max(...all) - low + 1 }, (_, k) => low + k),
  );
}

/** Hold a step and contrast it with `foil`; null lets go of the foil. */
export function contrast(display: Display, foil: Foil | null): void {
  const { state } = display;
  batch(() => {
    const resting = restingSteps(state);
    if (foil) state.held.value = fits(foil, resting) ? resting : [foil.step];
    state.foil.value = foil;
  });
  display.announce(
    foil ? `Why ${nameOf(state, state.held.peek())} and not ${named(foil.text)}.` : "Foil let go.",
  );
}

/** Show the scores of `steps` or of `input` until the next preview; none shows what is held. */
export function preview(
  { hoveredSteps, hoveredInput, previewed }: State,
  steps: readonly number[],
  input: number | null,
): void {
  batch(() => {
    if (!sameSteps(steps, hoveredSteps.peek())) hoveredSteps.value = steps;
    if (steps.length > 0 && !sameSteps(steps, previewed.peek())) previewed.value = steps;
    hoveredInput.value = input;
  });
}

/** Explain the whole answer again. */
export function release({ state, announce }: Display): void {
  if (restingSteps(state).length === 0) return;
  batch(() => {
    state.held.value = [];
    state.previewed.value = [];
    state.foil.value = null;
  });
  announce("Let go: the whole answer.");
}

function hold({ state, announce }: Display, steps: readonly number[]): void {
  batch(() => {
    state.held.value = steps;
    state.alone.value = null;
    if (!foilOf(state, steps)) state.foil.value = null;
  });
  const { probability } = state.content.peek().steps;
  const p = steps.reduce((product, s) => product * (probability[s] ?? Number.NaN), 1);
  announce(`Holding ${nameOf(state, steps)}${Number.isNaN(p) ? "" : `, probability ${spokenChance(p)}`}.`);
}

function nameOf(state: State, steps: readonly number[]): string {
  const units = unitsOf(state.content.peek());
  return named(units.joined(units.ofSteps(steps)));
}
