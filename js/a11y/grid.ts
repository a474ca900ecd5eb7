/** Move the cursor of a grid by keys, as in the WAI-ARIA grid pattern. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that PageUp and PageDown jump over. */
  readonly page: number;
}

/** The part of a key event that matters. */
export interface Key {
  readonly key: string;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly altKey?: boolean;
}

const clamp = (value: number, count: number): number => Math.min(Math.max(0, value), Math.max(0, count - 1));

/** The cell that `key` leads to; null if it is not a key of the grid. */
export function move(at: Cell, key: Key, { rows, columns, page }: Extent): Cell | null {
  if (key.altKey) return null;
  const all = Boolean(key.ctrlKey || key.metaKey);
  const to = (row: number, column: number): Cell => ({
    row: clamp(row, rows),
    column: clamp(column, columns),
  });
  switch (key.key) {
    case "ArrowUp":
      return to(all ? 0 : at.row - 1, at.column);
    case "ArrowDown":
      return to(all ? rows - 1 : at.row + 1, at.column);
    case "ArrowLeft":
      return to(at.row, all ? 0 : at.column - 1);
    case "ArrowRight":
      return to(at.row, all ? columns - 1 : at.column + 1);
    case "Home":
      return to(all ? 0 : at.row, 0);
    case "End":
      return to(all ? rows - 1 : at.row, columns - 1);
    case "PageUp":
      return to(at.row - page, at.column);
    case "PageDown":
      return to(at.row + page, at.column);
    default:
      return null;
  }
}

/** Keep the cursor inside a grid that has changed its size. */
export function inside(at: Cell, { rows, columns }: Pick<Extent, "rows" | "columns">): Cell {
  return { row: clamp(at.row, rows), column: clamp(at.column, columns) };
}
