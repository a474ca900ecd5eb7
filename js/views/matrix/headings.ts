/** Paint the headings of the matrix: inputs, generated tokens and their probabilities. */
import { visible } from "../../draw/heatmap";
import { chance } from "../../draw/numerals";
import type { Paper } from "../../draw/paper";
import { truncate } from "../../draw/truncate";
import { bodyBottom, cutAside, headings, room, ticked, ticks, upright } from "./layout";
import type { Look, Picture } from "./picture";

export function paintRows(c: Paper, { field, layout: l, down, hover }: Picture, look: Look): void {
  const [, tall] = room(l);
  const { rowText, breaks } = field.shape;
  const bottom = bodyBottom(l, down);
  const y = (row: number): number => l.head + (row + 0.5) * down.scale - down.offset;
  c.save();
  c.beginPath();
  c.rect(0, l.head, l.gutter, bottom - l.head);
  c.clip();
  c.font = `13px ${look.sans}`;
  c.textAlign = "right";
  const text = (row: number): string =>
    truncate(rowText[row] ?? "", l.gutter - 14, (t) => c.measureText(t).width);
  const crowded = ticked(down, l.rows);
  if (crowded) paintRowTicks(c, { field, layout: l, down }, look, y);
  for (const row of crowded ? [] : headings(down, l.rows, tall, 15)) {
    if (row === hover?.row) continue;
    c.fillStyle = field.hatched[row] ? look.soft : look.ink;
    c.fillText(text(row), l.gutter - 8, y(row));
  }
  if (hover && hover.row >= 0 && hover.row < l.rows) {
    const middle = Math.min(Math.max(y(hover.row), l.head + 8), bottom - 8);
    if (down.scale < 15) {
      c.fillStyle = look.ground;
      c.fillRect(0, middle - 9, l.gutter - 3, 18);
    }
    c.fillStyle = look.ink;
    c.font = `600 13px ${look.sans}`;
    c.fillText(text(hover.row), l.gutter - 8, middle);
  }
  c.restore();
  c.fillStyle = look.soft;
  for (const row of breaks) {
    const edge = l.head + row * down.scale - down.offset;
    if (edge > l.head && edge < bottom) c.fillRect(8, Math.round(edge) - 0.5, l.gutter - 14, 1);
  }
}

/** Paint positions instead of words, and the titles of sections where they begin. */
function paintRowTicks(
  c: Paper,
  { field, layout: l, down }: Pick<Picture, "field" | "layout" | "down">,
  look: Look,
  y: (row: number) => number,
): void {
  // Of two titles that would overlap, the later one is kept: a template's section may have a few tokens alone.
  const titled = field.shape.titles
    .map(([row, title]) => [y(row) + 9, title] as const)
    .filter(([at], k, all) => (all[k + 1]?.[0] ?? Number.POSITIVE_INFINITY) - at > 14);
  c.fillStyle = look.soft;
  c.font = `11px ${look.sans}`;
  for (const row of ticks(down, l.rows, room(l)[1])) {
    c.fillRect(l.gutter - 6, Math.round(y(row)), 4, 1);
    if (titled.every(([at]) => Math.abs(at - y(row)) > 14))
      c.fillText(`${row + 1}`, l.gutter - 9, y(row) + 0.5);
  }
  c.fillStyle = look.ink;
  for (const [at, title] of titled)
    c.fillText(
      truncate(title, l.gutter - 14, (t) => c.measureText(t).width),
      l.gutter - 9,
      at,
    );
}

/** Paint positions instead of words over narrow columns. */
function paintColumnTicks(c: Paper, picture: Picture, look: Look): void {
  const { layout: l, across } = picture;
  c.fillStyle = look.soft;
  c.font = `11px ${look.sans}`;
  c.textAlign = "center";
  for (const column of ticks(across, l.columns, room(l)[0])) {
    c.fillRect(Math.round(middleOf(picture, column)), l.head - 6, 1, 4);
    c.fillText(`${column + 1}`, Math.min(middleOf(picture, column), l.width - 13), l.head - 13);
  }
}

export function paintColumns(c: Paper, picture: Picture, look: Look): void {
  const { layout: l, across, held, hover } = picture;
  const [wide] = room(l);
  const turned = upright(across.scale);
  const chosen = new Set(held);
  c.save();
  c.beginPath();
  c.rect(l.gutter - 2, 0, l.width - l.gutter + 2, l.height);
  c.clip();
  // Narrow headings overlap: those held and pointed at are painted last, on a ground of their own.
  const marked = turned ? [...chosen, hover?.column ?? -1].filter((column) => column >= 0) : [];
  const crowded = ticked(across, l.columns);
  if (crowded) paintColumnTicks(c, picture, look);
  for (const column of crowded ? [] : headings(across, l.columns, wide + 6, turned ? 15 : 1)) {
    if (!marked.includes(column)) paintColumn(c, picture, look, column, chosen.has(column), false);
  }
  for (const column of marked) paintColumn(c, picture, look, column, chosen.has(column), true);
  paintProbabilities(c, picture, look, chosen);
  c.restore();
  c.font = `italic 13px ${look.sans}`;
  c.textAlign = "right";
  c.fillStyle = look.soft;
  c.fillText("probability", l.gutter - 8, footOf(picture) + 1);
}

const middleOf = ({ layout: l, across }: Picture, column: number): number =>
  l.gutter + (column + 0.5) * across.scale - across.offset - 1;

/** The middle of the row of probabilities. */
const footOf = ({ layout: l, down }: Picture): number => bodyBottom(l, down) + l.foot / 2;

function paintColumn(
  c: Paper,
  picture: Picture,
  look: Look,
  column: number,
  held: boolean,
  backed: boolean,
): void {
  const { field, layout: l, across, hover } = picture;
  const turned = upright(across.scale);
  const strong = held || hover?.column === column;
  const color = held ? look.accent : strong ? look.ink : look.soft;
  c.font = `${strong ? "600 " : ""}13px ${look.sans}`;
  const space = turned ? l.head - 10 : across.scale - 10;
  const text = truncate(field.shape.columnText[column] ?? "", space, (t) => c.measureText(t).width);
  c.save();
  c.translate(middleOf(picture, column), turned ? l.head - 5 : l.head / 2);
  if (turned) c.rotate(-Math.PI / 2);
  c.textAlign = turned ? "left" : "center";
  if (backed) {
    c.fillStyle = look.ground;
    c.fillRect(-2, -9, l.head, 18);
  }
  c.fillStyle = color;
  c.fillText(text, 0, 0.5);
  c.restore();
}

/** Paint the probabilities: as numbers, or as bars where columns are narrow. */
function paintProbabilities(c: Paper, picture: Picture, look: Look, chosen: ReadonlySet<number>): void {
  const { field, layout: l, across } = picture;
  const [wide] = room(l);
  const [first, end] = visible(across, l.columns, wide + 6);
  const foot = footOf(picture);
  c.font = `12.5px ${look.mono}`;
  c.textAlign = "center";
  for (let column = first; column < end; column++) {
    const p = field.shape.probability[column] as number;
    const left = middleOf(picture, column) - across.scale / 2;
    c.fillStyle = chosen.has(column) ? look.accent : look.soft;
    if (upright(across.scale)) {
      const tall = Math.max(1, p * (l.foot - 8));
      c.fillRect(left + 1, foot + l.foot / 2 - 4 - tall, Math.max(0.6, across.scale - 1), tall);
    } else if (!cutAside(l, left, across.scale)) c.fillText(chance(p), middleOf(picture, column), foot + 1);
  }
}
