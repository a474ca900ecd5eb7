/** The lines of a figure of layers: p of what was said and of its rivals, layer by layer. */
import { chance } from "../../draw/numerals";
import type { Palette } from "../../draw/palette";
import type { Paper } from "../../draw/paper";
import type { StepLens } from "../../session/lens";

/** A word with its p in each layer. */
export interface WordLine {
  readonly name: string;
  readonly p: readonly number[];
}

/** The lines of what was said and of its rivals, by their names. */
export function linesOf({ said, rivals }: StepLens, names: readonly string[]): readonly WordLine[] {
  const width = rivals.length / said.length;
  return names.map((name, word) => ({
    name,
    p: Array.from(said, (own, layer) => (word ? (rivals[layer * width + word - 1] as number) : own)),
  }));
}

/** Layers that are numbered below the lines. */
export const numbered = (layers: number): readonly number[] => {
  const every = Math.ceil(layers / 8);
  return Array.from({ length: layers }, (_, layer) => layer).filter(
    (layer) => layer === 0 || (layer + 1) % every === 0,
  );
};

/** The looks of the rivals' lines, as layers.css has them. */
const rivalLooks = [
  ["#3a86f0", [6, 3]],
  ["#d9730d", [2, 3]],
  ["#0f9d76", [9, 3, 2, 3]],
  ["#8b5cf6", [4, 2, 1, 2]],
] as const;
const [tall, edge, row, key, start] = [96, 22, 17, 18, 4] as const;

/** Where the names of the lines are, and the height of all. */
export interface LinePlan {
  readonly width: number;
  readonly height: number;
  readonly names: readonly (readonly [text: string, x: number, y: number])[];
}

/** `measure` has the width of a text. */
export function planLines(
  lines: readonly WordLine[],
  width: number,
  measure: (text: string) => number,
): LinePlan {
  let [x, y] = [start, tall + row / 2];
  const names = lines.map(({ name, p }) => {
    const text = `${name} ${chance(p.at(-1) ?? Number.NaN)}`;
    const end = x + key + 4 + measure(text);
    if (x > start && end > width) [x, y] = [start, y + row];
    const place = [text, x, y] as const;
    x += key + 4 + measure(text) + 14;
    return place;
  });
  return { width, height: lines.length > 0 ? y + row / 2 + 4 : 0, names };
}

/** Paint them below `top`. */
export function paintLines(
  c: Paper,
  lines: readonly WordLine[],
  plan: LinePlan,
  top: number,
  look: Palette,
): void {
  const layers = lines[0]?.p.length ?? 0;
  const right = plan.width - 8;
  const x = (layer: number) => edge + (layer / Math.max(1, layers - 1)) * (right - edge);
  const y = (p: number) => top + 8 + (1 - p) * (tall - 30);
  const stroke = (points: readonly (readonly [number, number])[]) => {
    c.beginPath();
    points.forEach(([a, b], k) => {
      if (k === 0) c.moveTo(a, b);
      else c.lineTo(a, b);
    });
    c.stroke();
  };
  const pen = (word: number) => {
    const [color, dash] = rivalLooks[word - 1] ?? [look.accent, []];
    Object.assign(c, { strokeStyle: color, lineWidth: word ? 1.2 : 2 });
    c.setLineDash([...dash]);
  };
  Object.assign(c, { font: `11px ${look.sans}`, fillStyle: look.soft, textBaseline: "middle" });
  Object.assign(c, { strokeStyle: look.soft, lineWidth: 0.4, textAlign: "right" });
  for (const p of [0, 1]) {
    stroke([
      [edge, y(p)],
      [right, y(p)],
    ]);
    c.fillText(String(p), edge - 6, y(p));
  }
  c.textAlign = "center";
  for (const layer of numbered(layers)) c.fillText(String(layer + 1), x(layer), y(0) + 10);
  for (const [word, { p }] of [...lines.entries()].reverse()) {
    pen(word);
    stroke(
      layers > 1
        ? p.map((v, layer) => [x(layer), y(v)])
        : [
            [edge, y(p[0] ?? 0)],
            [right, y(p[0] ?? 0)],
          ],
    );
  }
  Object.assign(c, { textAlign: "left", fillStyle: look.ink });
  for (const [word, [text, left, middle]] of plan.names.entries()) {
    pen(word);
    stroke([
      [left, top + middle],
      [left + key, top + middle],
    ]);
    c.fillText(text, left + key + 4, top + middle);
  }
  c.setLineDash([]);
}
