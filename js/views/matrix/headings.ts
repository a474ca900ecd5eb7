/** Paint the headings of the matrix: inputs, generated tokens and their probabilities. */
import { visible } from "../../draw/heatmap";
import { numeral } from "../../draw/numerals";
import { bodyBottom, cutAside, headings, room, truncate, upright } from "./layout";
import type { Look, Paper, Picture } from "./picture";

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
  for (const row of headings(down, l.rows, tall, 15)) {
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

export function paintColumns(
  c: Paper,
  { field, layout: l, across, down, held, hover }: Picture,
  look: Look,
): void {
  const [wide] = room(l);
  const { columnText, probability } = field.shape;
  const chosen = new Set(held);
  const turned = upright(across.scale);
  const foot = bodyBottom(l, down) + l.foot / 2;
  const x = (column: number): number => l.gutter + (column + 0.5) * across.scale - across.offset - 1;
  const style = (column: number): void => {
    const strong = chosen.has(column) || hover?.column === column;
    c.fillStyle = chosen.has(column) ? look.accent : strong ? look.ink : look.soft;
    c.font = `${strong ? "600 " : ""}13px ${look.sans}`;
  };
  const print = (column: number, backed: boolean): void => {
    style(column);
    const color = c.fillStyle;
    const text = truncate(
      columnText[column] ?? "",
      turned ? l.head - 10 : across.scale - 10,
      (t) => c.measureText(t).width,
    );
    c.save();
    c.translate(x(column), turned ? l.head - 5 : l.head / 2);
    if (turned) c.rotate(-Math.PI / 2);
    c.textAlign = turned ? "left" : "center";
    if (backed) {
      c.fillStyle = look.ground;
      c.fillRect(-2, -9, l.head, 18);
      c.fillStyle = color;
    }
    c.fillText(text, 0, 0.5);
    c.restore();
  };
  c.save();
  c.beginPath();
  c.rect(l.gutter - 2, 0, l.width - l.gutter + 2, l.height);
  c.clip();
  const marked = turned ? [...chosen, hover?.column ?? -1].filter((column) => column >= 0) : [];
  for (const column of headings(across, l.columns, wide + 6, turned ? 15 : 1)) {
    if (!marked.includes(column)) print(column, false);
  }
  for (const column of marked) print(column, true);
  const [first, end] = visible(across, l.columns, wide + 6);
  c.font = `12.5px ${look.mono}`;
  c.textAlign = "center";
  for (let column = first; column < end; column++) {
    const p = probability[column] as number;
    c.fillStyle = chosen.has(column) ? look.accent : look.soft;
    if (!turned) {
      if (!cutAside(l, x(column) - across.scale / 2, across.scale))
        c.fillText(numeral(p), x(column), foot + 1);
    } else {
      const tall = Math.max(1, p * (l.foot - 8));
      c.fillRect(
        x(column) - across.scale / 2 + 1,
        foot + l.foot / 2 - 4 - tall,
        Math.max(0.6, across.scale - 1),
        tall,
      );
    }
  }
  c.restore();
  c.font = `italic 13px ${look.sans}`;
  c.textAlign = "right";
  c.fillStyle = look.soft;
  c.fillText("probability", l.gutter - 8, foot + 1);
}
