/** Write the scores of a figure as CSV: a row for each score, as Python's `to_pandas` has them. */
import { exactly } from "../../scores/table";
import type { Content } from "../../session/content";
import type { ScoreQuery } from "../../session/scores";
import { unitsOf } from "../../state/units";

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

/** The name of a token as Python's tables have it. */
function label(content: Content, token: number): string {
  const units = unitsOf(content);
  const u = units.of(token);
  const text = content.tokens.text[u] ?? "";
  const stripped = text.replace(/^ +| +$/g, "");
  const shown = stripped
    ? stripped.replace(/\n/g, "⏎").replace(/\t/g, "⇥").replace(/\r/g, "␍")
    : "␣".repeat(text.length) || "∅";
  const name = shown.replace(/\p{Cc}/gu, (c) =>
    c < " " ? String.fromCharCode(0x2400 + c.charCodeAt(0)) : c,
  );
  const count = units.end(u) - units.start(u);
  return count > 1 ? `${name} ${token - units.start(u) + 1}/${count}` : name;
}

/** `scores` has a row for each of `steps`; of a word and its foil it has one. */
export function toCsv(
  content: Content,
  { method }: ScoreQuery,
  steps: readonly number[],
  scores: Float32Array,
  foil: string | null,
): string {
  const { inputs } = content;
  const lines = [
    ["method", "step", "token", "position", "input", "score", ...(foil === null ? [] : ["foil"])],
  ];
  for (let k = 0; (k + 1) * inputs <= scores.length && inputs > 0; k++) {
    const step = steps[k] as number;
    for (let i = 0; i < inputs; i++) {
      const score = exactly(scores[k * inputs + i] as number);
      if (!score) continue;
      const token = label(content, content.steps.first + step);
      const row = [method, String(step), token, String(i), label(content, i), score];
      lines.push([...row, ...(foil === null ? [] : [foil])]);
    }
  }
  return `${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`;
}
