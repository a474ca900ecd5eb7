/** What the matrix says of its cells, to the eye and to the ear. */

import { exact, spoken } from "../../draw/numerals";
import type { Field } from "../../scores/field";

/** The tip over a cell: what it is, and its value. */
export function tipSays(field: Field, row: number, column: number): readonly [name: string, value: string] {
  const { rowText, columnText, probability } = field.shape;
  const to = columnText[column] ?? "";
  if (row >= rowText.length) return [`probability of ${to}`, exact(probability[column] ?? Number.NaN)];
  const name = `${rowText[row] ?? ""} → ${to}`;
  if (field.isHidden(row)) return [name, "hidden"];
  if (!field.seen(row, column)) return [name, "not read yet"];
  const values = field.column(column);
  return [name, values ? exact(values[row] as number, field.signed) : "…"];
}

/** The same for a screen reader: "from America to Washington, 0.181". */
export function cellSays(field: Field, row: number, column: number): string {
  const { rowText, columnText, probability } = field.shape;
  const to = columnText[column] ?? "";
  if (row >= rowText.length) return `probability of ${to}, ${spoken(probability[column] ?? Number.NaN)}`;
  const name = `from ${rowText[row] ?? ""} to ${to}`;
  if (field.isHidden(row)) return `${name}, hidden`;
  if (!field.seen(row, column)) return `${name}, not read yet`;
  const values = field.column(column);
  return values ? `${name}, ${spoken(values[row] as number, field.high)}` : name;
}
