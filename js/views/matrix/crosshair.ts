/** The crosshair and the tip over the cell pointed at: elements moved about, so that the canvas need not be. */

import type { Axis } from "../../draw/heatmap";
import type { Field } from "../../scores/field";
import { tipSays } from "./cell-text";
import { bodyBottom, type Layout, type Spot } from "./layout";
import type { MatrixParts } from "./parts";

const box = (element: HTMLElement, x: number, y: number, width: number, height: number): void => {
  element.style.transform = `translate(${x}px, ${y}px)`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
};

export function mark(
  { lines, tip }: MatrixParts,
  field: Field,
  l: Layout,
  across: Axis,
  down: Axis,
  spot: Spot | null,
): void {
  lines.hidden = !spot;
  tip.hidden = !spot || (spot.zone !== "cell" && spot.zone !== "probability");
  if (!spot) return;
  const bottom = bodyBottom(l, down);
  box(lines, 0, 0, l.width, l.height);
  const [rowBand, columnBand, cell] = lines.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const onRow = spot.row >= 0 && spot.row < l.rows;
  const y = onRow ? l.head + spot.row * down.scale - down.offset : bottom;
  const height = onRow ? down.scale : l.foot;
  const x = l.gutter + spot.column * across.scale - across.offset;
  rowBand.hidden = spot.row < 0;
  columnBand.hidden = spot.column < 0;
  cell.hidden = tip.hidden;
  const right = Math.min(l.width, l.gutter + l.columns * across.scale - across.offset);
  box(rowBand, 0, y, right, Math.max(1, height));
  box(columnBand, x - 1, 0, Math.max(1, across.scale), bottom + l.foot);
  if (tip.hidden) return;
  const [w, h] = [Math.max(3, across.scale - 2), Math.max(3, height - 2)];
  box(cell, x, y + 1, w, h);
  const [name, value] = tipSays(field, spot.row, spot.column);
  const [nameBox, valueBox] = tip.children as unknown as [HTMLElement, HTMLElement];
  nameBox.textContent = name;
  valueBox.textContent = value;
  const left = Math.min(
    Math.max(2, x + w / 2 - tip.offsetWidth / 2),
    Math.max(2, l.width - tip.offsetWidth - 2),
  );
  const above = y - tip.offsetHeight - 5;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(above < 0 ? y + h + 7 : above)}px)`;
}
