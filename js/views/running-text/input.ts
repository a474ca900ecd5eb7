/** Pointer and keyboard in running text: hover previews, click holds, one unit has the cursor. */
import { untracked } from "@preact/signals-core";
import { listen, pointIn } from "../../dom";
import type { Content } from "../../session/content";
import type { Display } from "../../state/display";
import { extendHeld, preview, toggleHeld, toggleSelected } from "../../state/selection";
import { restingSteps } from "../../state/selectors";
import { type Units, unitsOf } from "../../state/units";
import { askToEdit } from "../../state/word";
import type { Box, Boxes } from "./boxes";
import type { TextElements } from "./build";
import type { Folds } from "./folds";
import { destination } from "./move";
import type { Overlay } from "./page";

/** Milliseconds in which the pointer may cross the space between two words without losing the first. */
const crossing = 90;
/** A pointer that moved further than this, in pixels, was selecting text. */
const still = 4;

/** The steps that are read at an input: those of a mask, or of a word with a label. */
const stepsAt = ({ steps: { places = [] } }: Content, units: Units, u: number): number[] =>
  places.flatMap((token, step) => (units.of(token) === u ? [step] : []));

/** An input that is pointed at between the words, and where. */
interface Between {
  readonly u: number;
  readonly at: Box;
}

export class TextInput {
  readonly #text: TextElements;
  readonly #folds: Folds;
  readonly #boxes: Boxes;
  readonly #display: Display;
  readonly #units: Units;
  readonly #indexOf: Map<EventTarget, number>;
  #cursor: number;
  readonly #overlay: Overlay | null;
  #pointed: number | null = null;
  #between: Between | null = null;
  #focused: number | null = null;
  #pressed: { x: number; y: number } | null = null;
  #stay = () => {};

  constructor(
    text: TextElements,
    folds: Folds,
    boxes: Boxes,
    display: Display,
    signal: AbortSignal,
    overlay: Overlay | null = null,
  ) {
    const { state } = display;
    this.#text = text;
    this.#folds = folds;
    this.#boxes = boxes;
    this.#display = display;
    this.#overlay = overlay;
    this.#units = unitsOf(state.content.peek());
    this.#indexOf = new Map(text.units.map((element, u) => [element, u]));
    const [held = 0] = this.#units.ofSteps(untracked(() => restingSteps(state)).slice(0, 1));
    this.#cursor = folds.standIn(Math.min(held, Math.max(0, text.units.length - 1)));
    this.#setTabStop(true);
    signal.addEventListener(
      "abort",
      folds.changed.subscribe(() => this.#keepTabStop()),
    );
    this.#listenToPointer(signal);
    this.#listenToKeyboard(signal);
    signal.addEventListener("abort", () => {
      this.#stay();
      preview(state, [], null);
    });
  }

  #listenToPointer(signal: AbortSignal): void {
    const { list } = this.#text;
    const restore = () => this.#setTabStop(true);
    const pressed = (event: PointerEvent) => {
      this.#pressed = { x: event.clientX, y: event.clientY };
      // A span with a tabindex traps a drag that starts on it.
      this.#setTabStop(false);
      listen(window, signal, { pointerup: restore, pointercancel: restore }, { once: true });
    };
    listen(list, signal, { pointerdown: pressed }, { capture: true });
    const tapped = (event: PointerEvent) => {
      if (event.pointerType === "touch" && !event.composedPath().includes(list)) this.#pointAt(null);
    };
    listen(window, signal, { pointerdown: tapped });
    listen(list, signal, {
      pointerover: (event) => {
        this.#over(this.#unitUnder(event));
        // A tap moves nothing.
        this.#move(event);
      },
      pointermove: (event) => this.#move(event),
      // A finger leaves the page with each tap; what it tapped stays until the next tap.
      pointerleave: (event) => event.pointerType !== "touch" && this.#pointAt(null),
      mousedown: (event) => {
        // Shift and click would select text.
        if (event.shiftKey && this.#unitUnder(event) !== undefined) event.preventDefault();
      },
      click: (event) => this.#click(event),
      dblclick: (event) => this.#edit(this.#unitUnder(event), event),
      contextmenu: (event) => this.#edit(this.#unitUnder(event), event),
    });
  }

  #listenToKeyboard(signal: AbortSignal): void {
    listen(this.#text.list, signal, {
      focusin: (event) => {
        const u = this.#unitUnder(event);
        if (u !== undefined && this.#pointed === null && this.#element(u)?.matches(":focus-visible"))
          this.#focus(u);
      },
      focusout: () => {
        if (this.#focused !== null) this.#focus(null);
      },
      keydown: (event) => this.#key(event),
    });
  }

  #element(u: number): HTMLElement | undefined {
    return this.#folds.element(u);
  }

  #unitUnder(event: Event): number | undefined {
    return this.#indexOf.get(event.composedPath()[0] as EventTarget);
  }

  #over(u: number | undefined): void {
    this.#stay();
    if (u !== undefined) this.#pointAt(u);
    else this.#stay = this.#display.after(crossing, () => this.#pointAt(null));
  }

  /** Between the words, what a view drew there is pointed at. */
  #move(event: PointerEvent): void {
    if (!this.#overlay || this.#unitUnder(event) !== undefined) return;
    const [x, y] = pointIn(this.#text.list, event);
    const u = this.#overlay.unitAt(x, y);
    if (u !== null) this.#pointAt(null, { u, at: { left: x, top: y, width: 0, height: 0 } });
    else if (this.#between) this.#pointAt(null);
  }

  /** Where the pointer is on what a view drew between the words. */
  get between(): Box | null {
    return this.#between?.at ?? null;
  }

  #pointAt(u: number | null, between: Between | null = null): void {
    this.#stay();
    if (u === this.#pointed && between?.u === this.#between?.u) return;
    this.#pointed = u;
    this.#between = between;
    this.#focus(null);
  }

  #focus(u: number | null): void {
    this.#focused = u;
    const shown = this.#pointed ?? u;
    const { state } = this.#display;
    if (this.#between) preview(state, [], this.#units.start(this.#between.u));
    else if (shown === null) preview(state, [], null);
    else if (shown >= this.#units.firstWritten) preview(state, this.#steps(shown), null);
    else preview(state, [], this.#units.start(shown));
  }

  #setTabStop(on: boolean): void {
    const element = this.#element(this.#cursor);
    if (on) element?.setAttribute("tabindex", "0");
    else element?.removeAttribute("tabindex");
  }

  /** After a fold was opened or closed, give the tab stop to what stands for the unit at the cursor now. */
  #keepTabStop(): void {
    const { activeElement } = this.#text.list.getRootNode() as Document | ShadowRoot;
    const focused = this.#text.list.contains(activeElement);
    for (const { chip, units } of this.#folds.all)
      for (const element of [chip, ...units.map((u) => this.#text.units[u])])
        element?.removeAttribute("tabindex");
    this.#cursor = this.#folds.standIn(this.#cursor);
    this.#setTabStop(true);
    if (focused) this.#element(this.#cursor)?.focus();
  }

  #moveCursor(u: number): void {
    this.#setTabStop(false);
    this.#cursor = u;
    this.#setTabStop(true);
  }

  #click(event: MouseEvent): void {
    const u = this.#unitUnder(event);
    const from = this.#pressed;
    this.#pressed = null;
    if (u === undefined || (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > still))
      return;
    this.#moveCursor(u);
    this.#element(u)?.focus({ preventScroll: true });
    this.#choose(u, event.shiftKey);
  }

  #choose(u: number, extend: boolean, byKey = false): void {
    const written = u >= this.#units.firstWritten;
    if (byKey && (!written || this.#folds.foldedWith(u)) && this.#folds.toggle(u)) return;
    if (written) (extend ? extendHeld : toggleHeld)(this.#display, this.#steps(u));
    else if (extend) toggleSelected(this.#display, this.#stretchTo(u));
    else {
      const steps = stepsAt(this.#display.state.content.peek(), this.#units, u);
      if (steps.length > 0) toggleHeld(this.#display, steps);
      else toggleSelected(this.#display, [this.#units.start(u)]);
    }
  }

  /** The inputs from the first that is selected to this one. */
  #stretchTo(u: number): readonly number[] {
    const [from = this.#units.start(u)] = this.#display.state.selected.peek();
    const [first, last] = [this.#units.of(from), u].sort((a, b) => a - b) as [number, number];
    return Array.from({ length: last - first + 1 }, (_, k) => this.#units.start(first + k));
  }

  /** The steps of a unit; of one in the word that is previewed, those of the whole word. */
  #steps(u: number): readonly number[] {
    const { held, previewed } = this.#display.state;
    const own = this.#units.steps(u);
    const word = previewed.peek();
    return held.peek().length === 0 && own.every((step) => word.includes(step)) ? word : own;
  }

  /** Ask for the word of an input to be changed. */
  #edit(u: number | undefined, event: Event): void {
    const { content } = this.#display.state;
    if (u === undefined || !content.peek().editing || this.#units.special(u)) return;
    if (this.#units.start(u) >= content.peek().inputs) return;
    event.preventDefault();
    const element = this.#element(u);
    if (element) askToEdit(element, u);
  }

  /** Where M leads: to the next word that a context changed, or that did it; with Shift to the one before. */
  #nextMark({ key, altKey }: KeyboardEvent, skipped: (u: number) => boolean): number | null {
    if (altKey || (key !== "m" && key !== "M")) return null;
    const marked = this.#text.units.flatMap((element, u) =>
      element.matches(".by-context, .cue") && !skipped(u) ? [u] : [],
    );
    const next =
      key === "m"
        ? (marked.find((u) => u > this.#cursor) ?? marked[0])
        : (marked.findLast((u) => u < this.#cursor) ?? marked.at(-1));
    return next ?? null;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === "e" || event.key === "E") {
      event.stopPropagation();
      this.#edit(this.#pointed ?? this.#cursor, event);
      return;
    }
    if (event.key === "f" || event.key === "F") {
      if (this.#folds.toggle(this.#cursor)) event.stopPropagation();
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#choose(this.#cursor, event.shiftKey, true);
      return;
    }
    const parent = this.#element(this.#cursor)?.parentElement;
    const rightToLeft = parent ? getComputedStyle(parent).direction === "rtl" : false;
    const boxOf = (u: number) => this.#boxes.of(u)[0];
    const skipped = (u: number) => this.#folds.standIn(u) !== u;
    const count = this.#text.units.length;
    const to =
      this.#nextMark(event, skipped) ?? destination(event, this.#cursor, count, rightToLeft, boxOf, skipped);
    if (to === null) return;
    event.preventDefault();
    this.#stay();
    this.#pointed = null;
    this.#between = null;
    this.#moveCursor(to);
    this.#element(to)?.focus();
    this.#focus(to);
  }
}
