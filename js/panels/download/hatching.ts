/** Strokes at 45 degrees that stay inside a box. */
import type { Box } from "./layout";

const between = 4;

export function hatching({ left, top, width, height }: Box): [number, number, number, number][] {
  const [right, bottom] = [left + width, top + height];
  const strokes: [number, number, number, number][] = [];
  for (let at = left - height + between / 2; at < right; at += between) {
    const [start, end] = [Math.max(at, left), Math.min(at + height, right)];
    strokes.push([start, bottom - (start - at), end, bottom - (end - at)]);
  }
  return strokes;
}
