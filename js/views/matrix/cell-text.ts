/** The texts for a cell of the matrix: its tip, and its label for a screen reader. */

import { exact, spoken, spokenChance } from "../../draw/numerals";
import type { Field } from "../../scores/field";

/** The tip over a cell: a name and a value. */
export function tipText(field: Field, row: number, column: number): readonly [name: string, value: string] {
  const { rowText, columnText, probability } = field.shape;
  const to = columnText[column] ?? "";
  if (row >= rowText.length) return [`probability of ${to}`, exact(probability[column] ?? Number.NaN)];
  const name = `${rowText[row] ?? ""} → ${to}`;
  if (field.isHidden(row)) return [name, "hidden"];
  if (!field.seen(row, column)) return [name, "not read yet"];
  const values = field.column(column);
  return [name, values ? exact(values[row] as number, field.signed) : "…"];
}

/** The label of a cell: "from America to Washington, 0.181". */
export function cellLabel(field: Field, row: number, column: number): string {
  const { rowText, columnText, probability } = field.shape;
  const to = columnText[column] ?? "";
  if (row >= rowText.length)
    return `probability of ${to}, ${spokenChance(probability[column] ?? Number.NaN)}`;
  const name = `from ${rowText[row] ?? ""} to ${to}`;
  if (field.isHidden(row)) return `${name}, hidden`;
  if (!field.seen(row, column)) return `${name}, not read yet`;
  const values = field.column(column);
  return values ? `${name}, ${spoken(values[row] as number, field.high)}` : name;
}
