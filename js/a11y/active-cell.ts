/** The current cell of a grid painted on a canvas, as elements: a screen reader cannot read the picture. */
import { h, setAttributes, uniqueId } from "../dom";

export interface CellText {
  /** Both count from 1, headings included, as ARIA does. Column 1 is the row's heading. */
  readonly row: number;
  readonly column: number;
  readonly label: string;
  readonly selected: boolean;
}

export class ActiveCell {
  readonly header = h("div", { role: "rowheader", id: uniqueId("cell") });
  readonly #cells = [1, 2].map(() => h("div", { role: "gridcell", id: uniqueId("cell") }));
  readonly #row = h("div", { role: "row", id: uniqueId("row") }, this.header, ...this.#cells);
  readonly #grid: HTMLElement;

  constructor(grid: HTMLElement) {
    this.#grid = grid;
    grid.append(this.#row);
  }

  /** Set how many rows and columns the grid has, headings included. */
  size(rows: number, columns: number): void {
    setAttributes(this.#grid, { "aria-rowcount": rows, "aria-colcount": columns });
  }

  /** Make this cell the current one. Two elements take turns, so that a screen reader speaks each move. */
  show({ row, column, label, selected }: CellText): HTMLElement {
    const next =
      column === 1
        ? this.header
        : (this.#cells.find((cell) => cell.hidden) ?? (this.#cells[0] as HTMLElement));
    for (const cell of this.#cells) cell.hidden = cell !== next;
    this.header.hidden = next !== this.header && this.header.textContent === "";
    setAttributes(this.#row, { "aria-rowindex": row });
    setAttributes(next, { "aria-colindex": column, "aria-label": label, "aria-selected": String(selected) });
    setAttributes(this.#grid, { "aria-activedescendant": next.id });
    return next;
  }
}
