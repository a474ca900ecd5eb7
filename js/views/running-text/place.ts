/** Keep the place in a scrolled text while the page changes around it. */
import { restingSteps } from "../../state/selectors";
import type { State } from "../../state/state";
import { unitsOf } from "../../state/units";
import type { Page } from "./page";

type Text = Pick<Page, "boxes" | "built" | "folds" | "scroller">;

/** A unit, how far below the upper edge it is, and whether it is the word explained. */
interface Place {
  readonly u: number;
  readonly deep: number;
  readonly explained: boolean;
}

/** A word this near to the lower edge, in pixels, is out of sight. */
const lowest = 30;

/** The word explained where it is in sight, else the unit at the upper edge. */
export function placeIn({ boxes, built, scroller }: Text, state: State): Place {
  const top = scroller.scrollTop - built.list.offsetTop;
  const deep = (u: number) => (boxes.first(u)?.top ?? top) - top;
  const word = explained(state);
  if (word !== null && isSeen(deep(word), scroller)) return { u: word, deep: deep(word), explained: true };
  const [first, end] = boxes.between(top + 40, top + scroller.clientHeight);
  const u = Math.min(first + 1, Math.max(first, end - 1));
  return { u, deep: deep(u), explained: false };
}

/** Scroll until the unit is where it was; the word explained stays in sight. It measures the page. */
export function keepPlace({ folds, scroller }: Text, { u, deep, explained: word }: Place): void {
  const now = depthOf(folds.element(folds.standIn(u)), scroller);
  if (now === null) return;
  const wanted = word && !isSeen(deep, scroller) ? scroller.clientHeight / 2 : deep;
  if (Math.abs(now - wanted) >= 1) scroller.scrollTop += now - wanted;
}

/** Scroll to the word explained, if it is out of sight. */
export function showExplained({ folds, scroller }: Text, state: State): void {
  const word = explained(state);
  const now = word === null ? null : depthOf(folds.element(folds.standIn(word)), scroller);
  if (now !== null && !isSeen(now, scroller)) scroller.scrollTop += now - scroller.clientHeight / 2;
}

function explained(state: State): number | null {
  return unitsOf(state.content.peek()).ofSteps(restingSteps(state))[0] ?? null;
}

const isSeen = (deep: number, { clientHeight }: HTMLElement): boolean =>
  deep >= 0 && deep <= clientHeight - lowest;

/** How far an element is below the upper edge of the scroller, in its pixels; null where it is not laid out. */
function depthOf(element: HTMLElement | undefined, scroller: HTMLElement): number | null {
  const [box] = element?.getClientRects() ?? [];
  const view = scroller.getBoundingClientRect();
  const zoom = view.width / scroller.offsetWidth || 1;
  return box ? (box.top - view.top) / zoom : null;
}
