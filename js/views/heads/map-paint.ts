/** Paint one head enlarged: a cell for each pair, and the names of the rows and columns. */
import { cssPixel } from "../../draw/color";
import type { Palette } from "../../draw/palette";
import type { Paper } from "../../draw/paper";
import { truncate } from "../../draw/truncate";
import type { Content } from "../../session/content";
import type { AttentionPart, Head } from "../../session/heads";
import { quantize } from "../../session/quantize";
import { named } from "../../state/names";
import { unitsOf } from "../../state/units";

/** Numbers of an answer, and pixels of a cell and of the names beside it. */
const most = 128 * 1024;
export const [smallest, largest, gutter] = [2, 24, 110] as const;
/** Cells from this size on have names. */
const legible = 11;

export interface HeadPicture {
  readonly part: AttentionPart;
  readonly head: Head;
  readonly rows: number;
  readonly cols: number;
  readonly weights: Float32Array;
  /** Pixels of a cell. */
  readonly cell: number;
}

/** The names beside the cells, and the pixels for them. */
export interface Edges {
  readonly down: readonly string[];
  readonly across: readonly string[];
  readonly left: number;
  readonly top: number;
  readonly font: string;
}

interface Style {
  readonly look: Palette;
  readonly table: Uint32Array;
  readonly high: number;
  readonly pixels: number;
}

/** How many rows and columns of a part are shown in a room: all, or the greatest of some each. */
export function mapSize({ rows, columns }: AttentionPart, room: number): readonly [number, number] {
  const [m, n] = [rows[1] - rows[0], columns[1] - columns[0]];
  const shrink = Math.min(1, Math.sqrt(most / (m * n)));
  const sized = (count: number) => Math.max(1, Math.floor(count * shrink));
  return [sized(m), Math.min(sized(n), Math.max(1, Math.floor(room / smallest)))];
}

export const cellOf = (cols: number, room: number): number =>
  Math.max(smallest, Math.min(largest, Math.floor((room - gutter) / cols)));

/** The first and the last token of row or column `k` of `count`. */
export function spanOf([start, end]: readonly [number, number], count: number, k: number) {
  const border = (n: number) => start + Math.floor((n * (end - start)) / count);
  return [border(k), border(k + 1) - 1] as const;
}

/** What some tokens are called. */
export function nameOf(content: Content, [first, last]: readonly [number, number]): string {
  const units = unitsOf(content);
  const word = (token: number) => named(units.text(units.of(token)));
  return first === last ? word(first) : `${word(first)} … ${word(last)}`;
}

export function edgesOf(
  c: Pick<Paper, "font" | "measureText">,
  { part, rows, cols, cell }: HeadPicture,
  content: Content,
  look: Palette,
): Edges {
  const font = `${Math.min(12, cell - 1)}px ${look.sans}`;
  c.font = font;
  const width = (text: string) => c.measureText(text).width;
  const names = (span: readonly [number, number], count: number) =>
    cell < legible
      ? []
      : Array.from({ length: count }, (_, k) =>
          truncate(nameOf(content, spanOf(span, count, k)), gutter - 10, width),
        );
  const [down, across] = [names(part.rows, rows), names(part.columns, cols)];
  const widest = (texts: readonly string[]) =>
    texts.reduce((most, text) => Math.max(most, Math.ceil(width(text)) + 12), 0);
  return { down, across, left: widest(down), top: widest(across), font };
}

export function paintMap(
  c: Paper,
  { rows, cols, weights, cell }: HeadPicture,
  { down, across, left, top, font }: Edges,
  at: readonly [row: number, column: number] | null,
  { look, table, high, pixels }: Style,
): void {
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  c.clearRect(0, 0, left + cols * cell, top + rows * cell);
  const gap = cell > 5 ? 1 : 0;
  weights.forEach((v, k) => {
    if (Number.isNaN(v)) return;
    c.fillStyle = cssPixel(table[quantize(Math.min(v, high), high, false)] as number);
    c.fillRect(left + (k % cols) * cell, top + Math.floor(k / cols) * cell, cell - gap, cell - gap);
  });
  c.font = font;
  c.textBaseline = "middle";
  c.textAlign = "right";
  down.forEach((text, row) => {
    c.fillStyle = at?.[0] === row ? look.accent : look.ink;
    c.fillText(text, left - 6, top + (row + 0.5) * cell);
  });
  c.textAlign = "left";
  across.forEach((text, col) => {
    c.save();
    c.translate(left + (col + 0.5) * cell, top - 6);
    c.rotate(-Math.PI / 2);
    c.fillStyle = at?.[1] === col ? look.accent : look.ink;
    c.fillText(text, 0, 0);
    c.restore();
  });
  if (!at) return;
  c.strokeStyle = look.accent;
  c.lineWidth = 2;
  c.strokeRect(left + at[1] * cell, top + at[0] * cell, cell - gap, cell - gap);
}

/** The greatest weight beside those of control tokens and the first, which are often the sink; else of all. */
export function highest(
  { part, cols, weights }: Pick<HeadPicture, "part" | "cols" | "weights">,
  special: readonly number[],
): number {
  const [start, end] = part.columns;
  const left = new Set([0, ...special].map((i) => Math.floor(((i - start) * cols) / (end - start))));
  const greatest = (all: boolean) =>
    weights.reduce((high, v, k) => (v > high && (all || !left.has(k % cols)) ? v : high), 0);
  return greatest(false) || greatest(true) || 1;
}
