/** Hover, hold and scroll in one of two texts move the other one, too. */
import { type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals-core";
import { listen } from "../../dom";
import type { Display } from "../../state/display";
import { preview } from "../../state/selection";
import type { State } from "../../state/state";
import type { Page } from "../running-text/page";
import type { Links } from "./links";
import { scrollAlong } from "./scroll";

/** An element that shows a text, and the page of that, once it is there. */
export interface Shown {
  readonly element: HTMLElement;
  readonly page: ReadonlySignal<Page | null>;
}

/** Two states and what shows them. */
export interface Two {
  readonly states: readonly [State, State];
  readonly shown: readonly [Shown, Shown | null];
  readonly links: ReadonlySignal<Links>;
  /** What is hovered and held here is so there; else the states share it already. */
  readonly linked: boolean;
}

/** Let each follow the other; the one under the pointer or with the focus leads. */
export function follow(two: Two, { effect, signal: end }: Pick<Display, "effect" | "signal">): void {
  const leads = signal<0 | 1>(0);
  two.shown.forEach((one, side) => {
    if (!one) return;
    const { element } = one;
    const lead = () => {
      leads.value = side as 0 | 1;
    };
    const leave = () => {
      if (!two.shown[1]?.element.matches(":focus-within")) leads.value = 0;
    };
    listen(element, end, { pointerenter: lead, pointerdown: lead, focusin: lead, pointerleave: leave });
    listen(element, end, { scroll: () => leads.peek() === side && scroll(two, side) }, { capture: true });
  });
  if (!two.linked) return;
  const [here, there] = two.states;
  const back = (): boolean => leads.value === 1;
  const from = (): State => (back() ? there : here);
  const to = (): State => (back() ? here : there);
  effect(() => {
    const [steps, input] = [from().hoveredSteps.value, from().hoveredInput.value];
    const links = two.links.value;
    const [target, mapped, token] = [to(), links.steps(steps, back()), links.input(input, back())];
    untracked(() => preview(target, mapped, token));
  });
  for (const name of ["held", "previewed"] as const) {
    effect(() => set(to()[name], two.links.value.steps(from()[name].value, back())));
  }
}

function set(target: Signal<readonly number[]>, steps: readonly number[]): void {
  const before = target.peek();
  if (before.length === steps.length && before.every((step, k) => step === steps[k])) return;
  target.value = steps;
}

/** Scroll the other text to the same words. */
function scroll({ shown, links }: Two, side: number): void {
  const [from, to] = [shown[side], shown[1 - side]].map((one) => one?.page.peek());
  if (from && to) scrollAlong(from, to, links.peek(), side === 1);
}
