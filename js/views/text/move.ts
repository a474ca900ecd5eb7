/** Where the cursor of the text view goes: along the text, or up and down by line. */
export interface Line {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The unit on the line above (−1) or below (+1) that lies nearest to `from`; `from` itself when there is none. */
export function vertical(
  from: number,
  step: -1 | 1,
  count: number,
  boxOf: (unit: number) => Line | undefined,
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
