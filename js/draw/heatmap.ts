/** Paint a plane of values into pixels; zoom and pan. All lengths are in pixels of the target. */
import type { Pyramid } from "./pyramid";

/** The position on one axis: pixels scrolled, and pixels for each cell. */
export interface Axis {
  readonly offset: number;
  readonly scale: number;
}

/** How often to halve the plane so that each cell has at least one pixel. */
export function levelFor(scale: number): number {
  return scale >= 1 ? 0 : Math.ceil(-Math.log2(scale));
}

/** Zoom by `factor` so that what is under `pointer` stays there. */
export function zoomAt(axis: Axis, pointer: number, factor: number, least: number, most: number): Axis {
  const scale = Math.min(Math.max(axis.scale * factor, least), most);
  return { scale, offset: ((axis.offset + pointer) / axis.scale) * scale - pointer };
}

/** Keep the offset between the first cell and the last. */
export function clampOffset(offset: number, scale: number, cells: number, room: number): number {
  return Math.min(Math.max(0, offset), Math.max(0, cells * scale - room));
}

/** The offset nearest to `axis.offset` that shows all of `cell`. */
export function reveal(axis: Axis, cell: number, room: number): number {
  const end = (cell + 1) * axis.scale;
  return Math.min(Math.max(axis.offset, end - room), cell * axis.scale);
}

/** The first cell in view and one past the last. */
export function visible(axis: Axis, cells: number, room: number): [first: number, end: number] {
  const first = Math.max(0, Math.floor(axis.offset / axis.scale));
  return [Math.min(first, cells), Math.min(cells, Math.ceil((axis.offset + room) / axis.scale))];
}

function indices(axis: Axis, room: number, cells: number, halvings: number): Int32Array {
  const last = Math.ceil(cells / 2 ** halvings) - 1;
  const step = 1 / (axis.scale * 2 ** halvings);
  const end = Math.min(room, Math.ceil(cells * axis.scale - axis.offset));
  return Int32Array.from({ length: Math.max(0, end) }, (_, i) =>
    Math.min(last, Math.floor((axis.offset + i + 0.5) * step)),
  );
}

/**
 * Paint `pyramid` into `pixels` (`width` × `height`, ABGR), each pixel from the nearest cell. Cells without a number get
 * dots, rows marked in `hidden` (indexed as in the base plane) get hatching; both stay transparent.
 */
export function paint(
  pixels: Uint32Array,
  width: number,
  height: number,
  pyramid: Pyramid,
  across: Axis,
  down: Axis,
  table: Uint32Array,
  hidden: Uint8Array | null,
): void {
  pixels.fill(0);
  const [lx, ly] = [levelFor(across.scale), levelFor(down.scale)];
  const plane = pyramid.level(lx, ly);
  const columns = indices(across, width, pyramid.base.width, lx);
  const rows = indices(down, height, pyramid.base.height, ly);
  const glyph = table[255] as number;
  const [dx, dy] = [Math.round(across.offset), Math.round(down.offset)];
  for (let j = 0; j < rows.length; j++) {
    const row = rows[j] as number;
    const from = row * plane.width;
    const to = j * width;
    if (hidden && allHidden(hidden, row << ly, (row + 1) << ly)) {
      for (let i = 0; i < columns.length; i++) if ((i + dx + j + dy) % 6 === 0) pixels[to + i] = glyph;
      continue;
    }
    const dots = (j + dy) % 5 === 0;
    for (let i = 0; i < columns.length; i++) {
      const q = plane.values[from + (columns[i] as number)] as number;
      if (q !== 255) pixels[to + i] = table[q] as number;
      else if (dots && (i + dx) % 5 === 0) pixels[to + i] = glyph;
    }
  }
}

function allHidden(hidden: Uint8Array, first: number, end: number): boolean {
  for (let i = first; i < Math.min(end, hidden.length); i++) if (!hidden[i]) return false;
  return true;
}
