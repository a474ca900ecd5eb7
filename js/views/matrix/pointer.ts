/** Pointer and wheel over the matrix: hover, hold, drag to pan, ctrl or cmd with the wheel to zoom. */

import type { Spot } from "./layout";
import type { MatrixParts } from "./parts";

export interface Stage {
  at(x: number, y: number): Spot | null;
  hover(spot: Spot | null): void;
  zoom(factor: number, x: number, y: number): void;
  choose(spot: Spot, extend: boolean): void;
}

const slack = 4;

export function listen({ grid, canvas }: MatrixParts, stage: Stage, signal: AbortSignal): void {
  let from: { x: number; y: number; left: number; top: number } | null = null;
  let dragged = false;

  /** In the view's own pixels, whatever the page does to its scale. */
  const point = (event: MouseEvent): [x: number, y: number] => {
    const box = canvas.getBoundingClientRect();
    const scale = box.width / canvas.clientWidth || 1;
    return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
  };

  grid.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      dragged = false;
      if (event.pointerType !== "mouse") return;
      from = { x: event.clientX, y: event.clientY, left: grid.scrollLeft, top: grid.scrollTop };
    },
    { signal },
  );
  grid.addEventListener(
    "pointermove",
    (event) => {
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > slack && !dragged) {
        dragged = true;
        grid.setPointerCapture?.(event.pointerId);
        grid.classList.add("panning");
        stage.hover(null);
      }
      if (from && dragged) {
        grid.scrollLeft = from.left + from.x - event.clientX;
        grid.scrollTop = from.top + from.y - event.clientY;
      } else stage.hover(stage.at(...point(event)));
    },
    { signal },
  );
  const end = (): void => {
    from = null;
    grid.classList.remove("panning");
  };
  grid.addEventListener("pointerup", end, { signal });
  grid.addEventListener("pointercancel", end, { signal });
  grid.addEventListener(
    "pointerleave",
    () => {
      if (!dragged) end();
      stage.hover(null);
    },
    { signal },
  );
  grid.addEventListener(
    "click",
    (event) => {
      if (dragged) return;
      const spot = stage.at(...point(event));
      if (spot) stage.choose(spot, event.shiftKey);
    },
    { signal },
  );
  grid.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      stage.zoom(Math.exp(-event.deltaY / (event.deltaMode === 1 ? 12 : 320)), ...point(event));
    },
    { signal, passive: false },
  );
}
