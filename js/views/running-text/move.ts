/** Where a key takes the cursor of running text: along the text, or up and down by line. */
import type { Box } from "./boxes";

/** The unit on the line above (−1) or below (+1) that is nearest to `from`; `from` itself without such a line. */
export function vertical(
  from: number,
  step: -1 | 1,
  count: number,
  boxOf: (unit: number) => Box | undefined,
): number {
  const start = boxOf(from);
  if (!start) return from;
  const x = start.left + start.width / 2;
  let best = from;
  let distance = Number.POSITIVE_INFINITY;
  let line: number | null = null;
  for (let u = from + step; u >= 0 && u < count; u += step) {
    const box = boxOf(u);
    if (!box || Math.abs(box.top - start.top) < start.height / 2) continue;
    line ??= box.top;
    if (Math.abs(box.top - line) >= start.height / 2) break;
    const off = Math.max(0, box.left - x, x - box.left - box.width);
    if (off < distance) {
      best = u;
      distance = off;
    }
  }
  return best;
}

/**
 * The unit that a key leads to from `cursor`; null for other keys. `rightToLeft`: the direction of the text there; `skipped`: the units that are
 * not on the page.
 */
export function destination(
  event: Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey">,
  cursor: number,
  count: number,
  rightToLeft: boolean,
  boxOf: (unit: number) => Box | undefined,
  skipped: (unit: number) => boolean = () => false,
): number | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const next = (from: number, step: number): number => {
    let to = from + step;
    while (to >= 0 && to < count && skipped(to)) to += step;
    return to >= 0 && to < count ? to : cursor;
  };
  const along = (step: number) => next(cursor, rightToLeft ? -step : step);
  switch (event.key) {
    case "ArrowRight":
      return along(1);
    case "ArrowLeft":
      return along(-1);
    case "ArrowUp":
      return vertical(cursor, -1, count, boxOf);
    case "ArrowDown":
      return vertical(cursor, 1, count, boxOf);
    case "Home":
      return next(-1, 1);
    case "End":
      return next(count, -1);
    default:
      return null;
  }
}
