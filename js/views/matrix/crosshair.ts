/** Move the crosshair and the tip to the cell pointed at: elements, so that the canvas need not be painted again. */
import { tipText } from "./cell-text";
import { bodyBottom } from "./layout";
import type { MatrixParts } from "./parts";
import type { Picture } from "./picture";

const place = (element: HTMLElement, x: number, y: number, width: number, height: number): void => {
  element.style.transform = `translate(${x}px, ${y}px)`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
};

export function moveCrosshair(parts: MatrixParts, { field, layout: l, across, down, hover }: Picture): void {
  const { lines, tip, cell } = parts;
  lines.hidden = !hover;
  tip.hidden = !hover || (hover.zone !== "cell" && hover.zone !== "probability");
  if (!hover) return;
  const bottom = bodyBottom(l, down);
  const onRow = hover.row >= 0 && hover.row < l.rows;
  const y = onRow ? l.head + hover.row * down.scale - down.offset : bottom;
  const height = onRow ? down.scale : l.foot;
  const x = l.gutter + hover.column * across.scale - across.offset;
  const right = Math.min(l.width, l.gutter + l.columns * across.scale - across.offset);
  parts.across.hidden = hover.row < 0;
  parts.down.hidden = hover.column < 0;
  cell.hidden = tip.hidden;
  place(lines, 0, 0, l.width, l.height);
  place(parts.across, 0, y, right, Math.max(1, height));
  place(parts.down, x - 1, 0, Math.max(1, across.scale), bottom + l.foot);
  if (tip.hidden) return;
  const [w, h] = [Math.max(3, across.scale - 2), Math.max(3, height - 2)];
  place(cell, x, y + 1, w, h);
  const [name, value] = tipText(field, hover.row, hover.column);
  parts.name.textContent = name;
  parts.value.textContent = value;
  const left = Math.min(
    Math.max(2, x + w / 2 - tip.offsetWidth / 2),
    Math.max(2, l.width - tip.offsetWidth - 2),
  );
  const above = y - tip.offsetHeight - 5;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(above < 0 ? y + h + 7 : above)}px)`;
}
