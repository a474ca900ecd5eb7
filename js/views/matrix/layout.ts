/** Where the parts of the matrix are, in CSS pixels. */
import { type Axis, clampOffset, visible } from "../../draw/heatmap";

export const natural = { least: 52, most: 92, down: 26, tallest: 460 } as const;
/** The smallest cell that can hold a number. */
export const compact = { across: 44, down: 15 } as const;
const foot = 26;

export interface Layout {
  /** The size of the view, and its margins: row headings, column headings, the row of probabilities. */
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly head: number;
  readonly foot: number;
  readonly rows: number;
  readonly columns: number;
}

export interface Limits {
  readonly across: readonly [least: number, most: number, natural: number];
  readonly down: readonly [least: number, most: number, natural: number];
}

/** True if columns are so narrow that their headings are turned. */
export const upright = (across: number): boolean => across < compact.across;

const headFor = (across: number): number => (upright(across) ? 76 : 30);

/** The layout of a view of this width, with row headings `labelWidth` wide and columns at the scale `across`. */
export function layoutOf(
  width: number,
  labelWidth: number,
  rows: number,
  columns: number,
  across: number,
): Layout {
  const gutter = Math.round(Math.min(Math.max(48, labelWidth + 14), 150, width * 0.35));
  const head = headFor(across);
  const height = Math.min(natural.tallest, head + rows * natural.down + foot + 2);
  return { width, height, gutter, head, foot, rows, columns };
}

/** True if cells of this size show their numbers. */
export const printsNumbers = (across: Axis, down: Axis): boolean =>
  across.scale >= compact.across && down.scale >= compact.down;

/** True if a number in this cell would be cut at a side of the view: a cut number misleads. */
export const cutAside = (l: Layout, x: number, width: number): boolean =>
  x + width * 0.1 < l.gutter || x + width * 0.9 > l.width;

/** True if so many cells are so small that ticks with positions stand for the words beside them. */
export const ticked = ({ scale }: Axis, cells: number): boolean => cells > 60 && scale < compact.down;

/** Pixels between two ticks at least. */
const tickRoom = 44;

/** The cells in view that have a tick: every 10th, 20th, 50th …, counted from 1. */
export function ticks(axis: Axis, cells: number, space: number): number[] {
  const round = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const every = round.find((step) => step * axis.scale >= tickRoom) ?? 10_000;
  const [first, end] = visible(axis, cells, space);
  return Array.from({ length: end - first }, (_, k) => first + k).filter((cell) => (cell + 1) % every === 0);
}

/** The room for cells. */
export const room = (l: Layout): [across: number, down: number] => [
  Math.max(1, l.width - l.gutter - 6),
  Math.max(1, l.height - l.head - l.foot),
];

/** The least, greatest and natural scale of each axis. */
export function limits(l: Layout): Limits {
  const [wide] = room(l);
  const across = Math.min(natural.most, Math.max(natural.least, Math.floor(wide / l.columns)));
  const least = Math.min(across, wide / l.columns);
  const tall = Math.max(1, l.height - headFor(least) - l.foot);
  return {
    across: [least, natural.most, across],
    down: [Math.min(natural.down, tall / l.rows), natural.down, natural.down],
  };
}

/** The first scale: natural size, or compact with numbers, if a few screens are enough for it; else all at once. */
export function startScale(l: Layout): [across: number, down: number] {
  const { across, down } = limits(l);
  const [wide, tall] = room(l);
  const screens = (x: number, y: number): number =>
    Math.max(1, (l.columns * x) / wide) * Math.max(1, (l.rows * y) / tall);
  if (screens(across[2], down[2]) <= 4) return [across[2], down[2]];
  const [x, y] = [Math.max(compact.across, across[0]), Math.max(compact.down, down[0])];
  return screens(x, y) <= 6 ? [x, y] : [across[0], down[0]];
}

/** Keep the offset inside the cells. */
export function settle(axis: Axis, cells: number, space: number): Axis {
  return { scale: axis.scale, offset: clampOffset(axis.offset, axis.scale, cells, space) };
}

export type Zone = "cell" | "column" | "row" | "probability";

export interface Spot {
  readonly zone: Zone;
  readonly row: number;
  readonly column: number;
}

/** What is at a point of the view; the probabilities are the row after the last. */
export function spotAt(l: Layout, across: Axis, down: Axis, x: number, y: number): Spot | null {
  const bottom = bodyBottom(l, down);
  const column = Math.floor((x - l.gutter + across.offset) / across.scale);
  const row = Math.floor((y - l.head + down.offset) / down.scale);
  const inColumn = x >= l.gutter && column < l.columns;
  if (y < 0 || y >= bottom + l.foot || x < 0 || x >= l.width) return null;
  if (y < l.head) return inColumn ? { zone: "column", row: -1, column } : null;
  if (y >= bottom) return inColumn ? { zone: "probability", row: l.rows, column } : null;
  if (row >= l.rows) return null;
  if (x < l.gutter) return { zone: "row", row, column: -1 };
  return inColumn ? { zone: "cell", row, column } : null;
}

/** The lower edge of the cells: the probabilities follow the last row, or stay at the bottom of the view. */
export function bodyBottom(l: Layout, down: Axis): number {
  return Math.min(l.height - l.foot, l.head + l.rows * down.scale - down.offset);
}

/** The headings to print: those in view, and only every n-th where cells are smaller than `each` pixels. */
export function headings(axis: Axis, cells: number, space: number, each: number): number[] {
  const every = axis.scale >= each ? 1 : Math.ceil(each / axis.scale);
  const [first, end] = visible(axis, cells, space);
  const out: number[] = [];
  for (let i = Math.ceil(first / every) * every; i < end; i += every) out.push(i);
  return out;
}

/** Runs of neighbours: [2, 3, 4, 7] gives [2, 4] and [7, 7]. */
export function runs(columns: readonly number[]): [first: number, last: number][] {
  const out: [number, number][] = [];
  for (const c of [...columns].sort((a, b) => a - b)) {
    const last = out.at(-1);
    if (last && c <= last[1] + 1) last[1] = c;
    else out.push([c, c]);
  }
  return out;
}
