/** Pointer and wheel over the matrix: hover, hold, drag to pan, ctrl or cmd with the wheel to zoom. */
import { listen, pointIn } from "../../dom";
import type { Spot } from "./layout";

export interface Gestures {
  at(x: number, y: number): Spot | null;
  hover(spot: Spot | null): void;
  zoom(factor: number, x: number, y: number): void;
  choose(spot: Spot, extend: boolean): void;
}

/** Pixels that a mouse may move while it clicks. */
const slack = 4;

/** Scrolls the grid with a mouse that drags. */
class Drag {
  /** The mouse has moved too far for a click. */
  moved = false;
  readonly #grid: HTMLElement;
  #from: { x: number; y: number; left: number; top: number } | null = null;

  constructor(grid: HTMLElement) {
    this.#grid = grid;
  }

  start({ button, pointerType, clientX: x, clientY: y }: PointerEvent): void {
    if (button !== 0) return;
    this.moved = false;
    if (pointerType === "mouse")
      this.#from = { x, y, left: this.#grid.scrollLeft, top: this.#grid.scrollTop };
  }

  /** True while the grid is dragged. */
  move({ clientX, clientY, pointerId }: PointerEvent): boolean {
    if (!this.#from) return false;
    const [x, y] = [this.#from.x - clientX, this.#from.y - clientY];
    if (Math.hypot(x, y) > slack && !this.moved) {
      this.moved = true;
      this.#grid.setPointerCapture?.(pointerId);
      this.#grid.classList.add("panning");
    }
    if (!this.moved) return false;
    this.#grid.scrollLeft = this.#from.left + x;
    this.#grid.scrollTop = this.#from.top + y;
    return true;
  }

  end(): void {
    this.#from = null;
    this.#grid.classList.remove("panning");
  }
}

export function listenToPointer(
  grid: HTMLElement,
  canvas: HTMLElement,
  on: Gestures,
  signal: AbortSignal,
): void {
  const drag = new Drag(grid);
  const spotAt = (event: MouseEvent) => on.at(...pointIn(canvas, event));
  listen(grid, signal, {
    pointerdown: (event) => drag.start(event),
    pointermove: (event) => on.hover(drag.move(event) ? null : spotAt(event)),
    pointerup: () => drag.end(),
    pointercancel: () => drag.end(),
    pointerleave: () => {
      if (!drag.moved) drag.end();
      on.hover(null);
    },
    click: (event) => {
      const spot = drag.moved ? null : spotAt(event);
      if (spot) on.choose(spot, event.shiftKey);
    },
  });
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    on.zoom(Math.exp(-event.deltaY / (event.deltaMode === 1 ? 12 : 320)), ...pointIn(canvas, event));
  };
  listen(grid, signal, { wheel }, { passive: false });
}
