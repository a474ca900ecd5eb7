/** A grid of cells on a canvas, with a number before each row: pointed at, clicked, walked through by keys. */
import type { ActiveCell } from "../../a11y/active-cell";
import { inside, move } from "../../a11y/grid";
import type { Context } from "../../context";
import { inNextFrame, listen, pointIn, sizeCanvas, watchSize } from "../../dom";
import { paletteOf } from "../../draw/palette";
import { sequential } from "../../draw/ramp";
import type { Head } from "../../session/heads";
import { type Geometry, geometry, hit } from "./geometry";
import { type Picture, paintPicker } from "./paint";

export interface CellParts {
  readonly canvas: HTMLCanvasElement;
  readonly grid: HTMLElement;
  readonly active: ActiveCell;
  /** Scrolls sideways. */
  readonly scroll: HTMLElement;
  /** As wide as there is room. */
  readonly cells: HTMLElement;
}

/** What the cells are of. A cell is a row and a column from 0, or a row's number (column −1). */
export interface CellsOf {
  size(): readonly [rows: number, columns: number];
  picture(): Omit<Picture, "focused" | "left">;
  label(cell: Head): string;
  selected(cell: Head): boolean;
  point(cell: Head | null): void;
  pick(cell: Head, adding: boolean): void;
}

/** Pixels for the list beside the cells. */
const besideCells = 92;

export const adds = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey || event.shiftKey;

export class CellGrid {
  readonly repaint: () => void;
  readonly #ctx: Context;
  readonly #parts: CellParts;
  readonly #of: CellsOf;
  readonly #paper: CanvasRenderingContext2D | null;
  #geometry: Geometry = geometry(1, 1, 0);
  /** Column 0 has the rows' numbers. */
  #cursor = { row: 0, column: 1 };

  constructor(ctx: Context, parts: CellParts, of: CellsOf) {
    [this.#ctx, this.#parts, this.#of] = [ctx, parts, of];
    this.#paper = parts.canvas.getContext("2d");
    this.repaint = inNextFrame(() => this.#paint(), ctx.signal);
    listen(parts.grid, ctx.signal, {
      pointermove: (event) => of.point(this.#under(event)),
      pointerleave: () => of.point(null),
      click: (event) => this.#click(event),
      keydown: (event) => this.#key(event),
      focus: this.repaint,
      blur: () => {
        of.point(null);
        this.repaint();
      },
    });
    listen(parts.scroll, ctx.signal, { scroll: this.repaint }, { passive: true });
    watchSize([parts.cells], () => this.resize(), ctx.signal);
    ctx.signal.addEventListener("abort", () => of.point(null));
  }

  /** Fit the cells into the room there is. */
  resize(): void {
    const [rows, columns] = this.#of.size();
    const { active, cells, canvas } = this.#parts;
    active.size(rows, columns + 1);
    this.#cursor = inside(this.#cursor, { rows, columns: columns + 1 });
    if (rows === 0 || cells.clientWidth === 0) return;
    const g = geometry(rows, columns, cells.clientWidth - besideCells);
    this.#geometry = g;
    sizeCanvas(canvas, g.gutter + g.across * columns, g.top + g.down * rows + 2);
    this.#paint();
  }

  /** Describe the cell with the cursor for screen readers; `reveal` scrolls it into view. */
  describe(reveal: boolean): void {
    const cell = this.#current();
    const [row, column] = cell;
    const g = this.#geometry;
    const element = this.#parts.active.show({
      row: row + 1,
      column: column + 2,
      label: this.#of.label(cell),
      selected: this.#of.selected(cell),
    });
    Object.assign(element.style, {
      width: `${column < 0 ? g.gutter : g.across}px`,
      height: `${g.down}px`,
      left: `${column < 0 ? 0 : g.gutter + column * g.across}px`,
      top: `${g.top + row * g.down}px`,
    });
    if (reveal) element.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }

  #current(): Head {
    return [this.#cursor.row, this.#cursor.column - 1];
  }

  #paint(): void {
    const { canvas, grid, scroll } = this.#parts;
    if (!this.#paper || canvas.width === 0) return;
    const focused = grid.matches(":focus-visible") ? this.#current() : null;
    const picture = { ...this.#of.picture(), focused, left: scroll.scrollLeft };
    const ramp = sequential(this.#ctx.theme.peek(), "blue");
    paintPicker(this.#paper, this.#geometry, picture, paletteOf(grid), ramp, devicePixelRatio);
  }

  #under(event: MouseEvent): Head | null {
    const { canvas, scroll } = this.#parts;
    return hit(this.#geometry, ...pointIn(canvas, event), scroll.scrollLeft);
  }

  #pick(cell: Head, adding: boolean): void {
    this.#of.pick(cell, adding);
    this.describe(false);
  }

  #click(event: MouseEvent): void {
    const cell = this.#under(event);
    if (!cell) return;
    this.#cursor = { row: cell[0], column: cell[1] + 1 };
    this.#pick(cell, adds(event));
  }

  #key(event: KeyboardEvent): void {
    if ((event.key === " " || event.key === "Enter") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#pick(this.#current(), event.key === " " || event.shiftKey);
      return;
    }
    const [rows, columns] = this.#of.size();
    const to = move(this.#cursor, event, { rows, columns: columns + 1, page: 8 });
    if (!to) return;
    event.preventDefault();
    this.#cursor = to;
    this.#of.point(this.#current());
    this.describe(true);
    this.repaint();
  }
}
