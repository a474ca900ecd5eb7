/** Scores as a table in text: exact numbers, tabs between columns. */
import type { Content } from "../session/content";
import { plainName } from "../state/names";
import { unitsOf } from "../state/units";

/** The shortest decimal that gives this float32 when read. */
export function exactly(v: number): string {
  if (Number.isNaN(v)) return "";
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(v.toPrecision(digits));
    if (Math.fround(short) === v) return String(short);
  }
  return String(Number(v.toPrecision(9)));
}

const quoted = (text: string): string => plainName(text).replace(/[\t\n\r]/g, " ");

/** The text of a token; in a unit of several tokens, that of the unit with the token's place in it. */
function tokenName(content: Content, token: number): string {
  const units = unitsOf(content);
  const u = units.of(token);
  const many = units.end(u) - units.start(u) > 1;
  return quoted(units.text(u)) + (many ? ` (${token - units.start(u) + 1})` : "");
}

/** A table with a row for each input, a column for each step and a last row of probabilities. */
export function scoreTable(content: Content, steps: readonly number[], scores: Float32Array): string {
  const { inputs } = content;
  const { first, probability } = content.steps;
  const lines = [["input", "token", ...steps.map((step) => tokenName(content, first + step))]];
  for (let i = 0; i < inputs; i++) {
    const values = steps.map((_, k) => exactly(scores[k * inputs + i] as number));
    if (values.some((value) => value !== "")) lines.push([String(i + 1), tokenName(content, i), ...values]);
  }
  lines.push(["", "probability", ...steps.map((step) => String(probability[step] ?? ""))]);
  return lines.map((line) => line.join("\t")).join("\n");
}
