/** The curve of an arc: a cubic Bézier from a word to another, in the pixels of the text. */
import type { Box } from "../running-text/boxes";

/** Four points, of which the middle two are its controls. */
export type Curve = readonly [
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
];

/** Pixels between a curve and the word, or its frame. */
const gap = 3;
/** The most that an arc between words of one line rises above them. */
const room = 26;
/** Words whose tops differ less are on one line. */
const line = 10;

export const onOneLine = (a: Box, b: Box): boolean => Math.abs(a.top - b.top) < line;

/** The curve from `from` to `to`: over the words of one line, else from the near edge to the near edge. `shift` sets arcs of several heads apart. */
export function curveBetween(from: Box, to: Box, shift = 0): Curve {
  if (onOneLine(from, to)) {
    const out = centre(from) < centre(to) ? shift : -shift;
    const [x0, x3] = [centre(from) - out, centre(to) + out];
    const [y0, y3] = [from.top - gap, to.top - gap];
    const peak = ((Math.min(room, 10 + 0.13 * Math.abs(x3 - x0)) + shift) * 4) / 3;
    return [x0, y0, x0, y0 - peak, x3, y3 - peak, x3, y3];
  }
  const [x0, x3] = [centre(from) + shift, centre(to) + shift];
  const down = from.top < to.top;
  const [y0, y3] = down
    ? [from.top + from.height + gap, to.top - gap]
    : [from.top - gap, to.top + to.height + gap];
  const bend = (y3 - y0) * 0.55;
  return [x0, y0, x0, y0 + bend, x3, y3 - bend, x3, y3];
}

const centre = ({ left, width }: Box): number => left + width / 2;

/** The distance of a point from a curve, within about a pixel; Infinity beyond `reach` of its box. */
export function distance(curve: Curve, x: number, y: number, reach: number): number {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = curve;
  const outside = (v: number, ...of: number[]) => v < Math.min(...of) - reach || v > Math.max(...of) + reach;
  if (outside(x, x0, x1, x2, x3) || outside(y, y0, y1, y2, y3)) return Number.POSITIVE_INFINITY;
  let best = Number.POSITIVE_INFINITY;
  let [px, py] = [x0, y0];
  for (let k = 1; k <= pieces; k++) {
    const [t, s] = [k / pieces, 1 - k / pieces];
    const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    const [qx, qy] = [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
    best = Math.min(best, toSegment(x, y, px, py, qx, qy));
    [px, py] = [qx, qy];
  }
  return best;
}

/** Straight pieces that stand for a curve. */
const pieces = 24;

function toSegment(x: number, y: number, px: number, py: number, qx: number, qy: number): number {
  const [dx, dy] = [qx - px, qy - py];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? Math.min(1, Math.max(0, ((x - px) * dx + (y - py) * dy) / length)) : 0;
  return Math.hypot(x - px - t * dx, y - py - t * dy);
}
