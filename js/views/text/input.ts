/** Pointer and keyboard in the text view: hover previews, click holds, the cursor roves. */

import { preview } from "../../scores/shown-scores";
import { extendHold, toggleHold } from "../../state/selection";
import type { ViewContext } from "../../state/selectors";
import { unitsOf } from "../../state/units";
import type { TextElements } from "./build";
import { vertical } from "./move";
import type { Paper } from "./paper";

/** The pointer may cross the space between two words without losing the first. */
const crossing = 90;
/** A pointer that moved further than this was selecting text. */
const still = 4;

export function listen(text: TextElements, paper: Paper, ctx: ViewContext, signal: AbortSignal): void {
  const { list } = text;
  const units = unitsOf(ctx.state.content.peek());
  const indexOf = new Map<EventTarget, number>(text.units.map((element, u) => [element, u]));
  let cursor =
    ctx.state.held.peek()[0] !== undefined ? (units.ofSteps(ctx.state.held.peek())[0] as number) : 0;
  let pointed: number | null = null;
  let focused: number | null = null;
  let pressed: { x: number; y: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const at = (u: number): HTMLElement | undefined => text.units[u];
  const unitUnder = (event: Event): number | undefined => indexOf.get(event.composedPath()[0] as EventTarget);

  function show(): void {
    const u = pointed ?? focused;
    if (u === null) preview(ctx, [], null);
    else if (u >= units.firstWritten) preview(ctx, units.steps(u), null);
    else preview(ctx, [], units.start(u));
  }

  function moveCursor(u: number): void {
    at(cursor)?.removeAttribute("tabindex");
    cursor = u;
    at(cursor)?.setAttribute("tabindex", "0");
  }

  function choose(u: number, extend: boolean): void {
    if (u < units.firstWritten) return;
    if (extend) extendHold(ctx, units.steps(u));
    else toggleHold(ctx, units.steps(u));
  }

  function pointAt(u: number | null): void {
    clearTimeout(timer);
    if (u === pointed) return;
    pointed = u;
    focused = null;
    show();
  }

  list.addEventListener(
    "pointerover",
    (event) => {
      const u = unitUnder(event);
      if (u !== undefined) pointAt(u);
      else {
        clearTimeout(timer);
        timer = setTimeout(() => pointAt(null), crossing);
      }
    },
    { signal },
  );
  list.addEventListener("pointerleave", () => pointAt(null), { signal });

  // A span with a tabindex traps a drag that starts on it.
  const restore = () => at(cursor)?.setAttribute("tabindex", "0");
  list.addEventListener(
    "pointerdown",
    (event) => {
      pressed = { x: event.clientX, y: event.clientY };
      at(cursor)?.removeAttribute("tabindex");
      addEventListener("pointerup", restore, { signal, once: true });
      addEventListener("pointercancel", restore, { signal, once: true });
    },
    { signal, capture: true },
  );
  list.addEventListener(
    "mousedown",
    (event) => {
      if (event.shiftKey && (unitUnder(event) ?? -1) >= units.firstWritten) event.preventDefault();
    },
    { signal },
  );
  list.addEventListener(
    "click",
    (event) => {
      const u = unitUnder(event);
      const moved = pressed ? Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) : 0;
      pressed = null;
      if (u === undefined || moved > still) return;
      moveCursor(u);
      at(u)?.focus({ preventScroll: true });
      choose(u, event.shiftKey);
    },
    { signal },
  );

  list.addEventListener(
    "focusin",
    (event) => {
      const u = unitUnder(event);
      if (u === undefined || !at(u)?.matches(":focus-visible") || pointed !== null) return;
      focused = u;
      show();
    },
    { signal },
  );
  list.addEventListener(
    "focusout",
    () => {
      if (focused === null) return;
      focused = null;
      show();
    },
    { signal },
  );
  list.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(cursor, event.shiftKey);
        return;
      }
      const to = destination(event, cursor, text, paper);
      if (to === null) return;
      event.preventDefault();
      clearTimeout(timer);
      pointed = null;
      moveCursor(to);
      focused = to;
      at(to)?.focus();
      show();
    },
    { signal },
  );
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    preview(ctx, [], null);
  });
  moveCursor(Math.min(cursor, Math.max(0, units.count - 1)));
}

function destination(event: KeyboardEvent, cursor: number, text: TextElements, paper: Paper): number | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const last = text.units.length - 1;
  const element = text.units[cursor];
  const backwards =
    element?.parentElement && getComputedStyle(element.parentElement).direction === "rtl" ? -1 : 1;
  const boxOf = (u: number) => paper.boxes(u)[0];
  switch (event.key) {
    case "ArrowRight":
      return Math.min(last, Math.max(0, cursor + backwards));
    case "ArrowLeft":
      return Math.min(last, Math.max(0, cursor - backwards));
    case "ArrowUp":
      return vertical(cursor, -1, last + 1, boxOf);
    case "ArrowDown":
      return vertical(cursor, 1, last + 1, boxOf);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
