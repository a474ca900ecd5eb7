/** What of the text is in sight, and to bring a token in sight that was asked for. */
import { untracked } from "@preact/signals-core";
import type { Context } from "../../context";
import { afterNextFrame } from "../../dom";
import { letterOf } from "../../state/letters";
import { unitsOf } from "../../state/units";
import { rangeOver } from "./letters";
import type { Page } from "./page";

/** How far below the upper edge it comes. */
const depth = 0.3;
/** Letters that are looked for: the first of a word may be a space. */
const letters = 4;

/** Scroll to each token that is asked for, and open the fold that hides it. */
export function followSought({ built, folds, scroller, follow }: Page, { state }: Context): void {
  let done = state.sought.peek();
  follow(() => {
    const sought = state.sought.value;
    if (sought === done || !sought) return;
    done = sought;
    untracked(() => {
      const content = state.content.peek();
      const u = unitsOf(content).of(sought[0]);
      const letter = letterOf(state.sent.peek(), sought[0]);
      if (folds.foldedWith(u)) folds.toggle(u);
      const boxes = rangeOver(built, content, letter, letter + letters)?.getClientRects();
      const box = boxes?.[0] ?? folds.element(u)?.getBoundingClientRect();
      if (!box) return;
      const view = scroller.getBoundingClientRect();
      const zoom = view.width / scroller.offsetWidth || 1;
      scroller.scrollTop += (box.top - view.top) / zoom - depth * scroller.clientHeight;
    });
  });
}

/** Say which tokens are in sight. */
export function followSight(
  { boxes, built, scroller, measured, follow, end }: Page,
  { state }: Context,
): void {
  const look = afterNextFrame(() => {
    const units = unitsOf(state.content.peek());
    const top = scroller.scrollTop - built.list.offsetTop;
    const [first, past] = boxes.between(top + 40, top + scroller.clientHeight);
    if (past > first) state.inSight.value = [units.start(first), units.end(past - 1)];
  }, end);
  scroller.addEventListener("scroll", look, { signal: end, passive: true });
  follow(() => {
    if (measured.value > 0) look();
  });
}
