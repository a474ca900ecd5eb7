/** The current cell of a grid that is painted on a canvas: the elements a screen reader meets instead of the picture. */
import { h, uniqueId } from "../dom";

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

  size(rows: number, columns: number): void {
    this.#grid.setAttribute("aria-rowcount", String(rows));
    this.#grid.setAttribute("aria-colcount", String(columns));
  }

  /** Makes this cell the current one. Two elements take turns, so that a screen reader speaks each move. */
  show({ row, column, label, selected }: CellText): HTMLElement {
    const next =
      column === 1
        ? this.header
        : (this.#cells.find((cell) => cell.hidden) ?? (this.#cells[0] as HTMLElement));
    for (const cell of this.#cells) cell.hidden = cell !== next;
    this.header.hidden = next !== this.header && this.header.textContent === "";
    this.#row.setAttribute("aria-rowindex", String(row));
    next.setAttribute("aria-colindex", String(column));
    next.setAttribute("aria-label", label);
    next.setAttribute("aria-selected", String(selected));
    this.#grid.setAttribute("aria-activedescendant", next.id);
    return next;
  }
}
