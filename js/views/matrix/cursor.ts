/** The keyboard cursor of the matrix, as a screen reader meets it. */
import { type Cell, inside } from "../../a11y/grid";
import type { Field } from "../../scores/field";
import { cellSays } from "./cell-text";
import type { MatrixParts } from "./parts";

export class Cursor {
  at: Cell = { row: 0, column: 0 };
  readonly #parts: MatrixParts;
  #turn = 0;

  constructor(parts: MatrixParts) {
    this.#parts = parts;
  }

  /** Stands in a new field. */
  enter(field: Field): void {
    const { starts, steps } = field.shape;
    this.#parts.grid.setAttribute("aria-rowcount", String(starts.length + 2));
    this.#parts.grid.setAttribute("aria-colcount", String(steps.length + 1));
    this.at = inside(this.at, { rows: starts.length + 1, columns: steps.length });
  }

  /** Describes the cell. The two cells take turns, so that a reader meets a new one at each move. */
  describe(field: Field, held: readonly number[]): void {
    const { grid, row, header, cells } = this.#parts;
    this.#turn = 1 - this.#turn;
    const cell = cells[this.#turn] as HTMLElement;
    for (const other of cells) other.hidden = other !== cell;
    row.setAttribute("aria-rowindex", String(this.at.row + 2));
    header.textContent = field.shape.rowText[this.at.row] ?? "probability";
    cell.setAttribute("aria-colindex", String(this.at.column + 2));
    cell.setAttribute("aria-label", cellSays(field, this.at.row, this.at.column));
    cell.setAttribute("aria-selected", String(held.includes(this.at.column)));
    grid.setAttribute("aria-activedescendant", cell.id);
  }
}
