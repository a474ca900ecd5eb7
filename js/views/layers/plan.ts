/** Where the cells of the table are, in CSS pixels: a row for each layer, a column for each step. */

export interface Plan {
  readonly layers: number;
  readonly steps: number;
  /** The size of a cell. */
  readonly across: number;
  readonly down: number;
  /** The size of the view without its scroll bars. */
  readonly width: number;
  readonly height: number;
}

/** Pixels for the numbers of the layers, and for the words that were said. */
export const gutter = 30;
export const head = 24;
const [narrow, wide, tallest] = [62, 120, 500] as const;

/** The plan of a view of this width. */
export function planOf(width: number, layers: number, steps: number): Plan {
  const across = Math.min(wide, Math.max(narrow, Math.floor((width - gutter - 2) / Math.max(1, steps))));
  const down = Math.min(20, Math.max(15, Math.floor((tallest - head) / Math.max(1, layers))));
  return { layers, steps, across, down, width, height: Math.min(tallest, head + layers * down + 1) };
}

/** The size of all cells with their headings. */
export const extent = (p: Plan): [width: number, height: number] => [
  gutter + p.steps * p.across + 1,
  head + p.layers * p.down + 1,
];

/** A cell: layer −1 is the heading of a column. */
export interface Spot {
  readonly layer: number;
  readonly step: number;
}

/** What is at a point of the view, which is scrolled by `left` and `top`. */
export function spotAt(p: Plan, left: number, top: number, x: number, y: number): Spot | null {
  const step = Math.floor((x - gutter + left) / p.across);
  const layer = y < head ? -1 : Math.floor((y - head + top) / p.down);
  return x < gutter || y < 0 || step >= p.steps || layer >= p.layers ? null : { layer, step };
}

/** The cells in view on one axis: the first, and one past the last. */
export function inView(
  offset: number,
  size: number,
  count: number,
  room: number,
): [first: number, end: number] {
  return [Math.max(0, Math.floor(offset / size)), Math.min(count, Math.ceil((offset + room) / size))];
}

/** The scroll position nearest to `offset` that shows all of a cell. */
export const reveal = (offset: number, size: number, cell: number, room: number): number =>
  Math.min(Math.max(offset, (cell + 1) * size - room), cell * size);
