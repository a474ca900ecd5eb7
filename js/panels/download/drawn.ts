/** Paint a drawing: the marks of a figure of text. */
import type { Paper } from "../../draw/paper";
import { hatching } from "./hatching";
import { type Drawing, fonts, type Mark } from "./layout";

/** Everything is `zoom` times as large. */
export function paintMarks(c: Paper, marks: Drawing["marks"], zoom = 1): void {
  for (const mark of marks) paintMark(c, mark, zoom);
  c.setLineDash([]);
}

function paintMark(c: Paper, mark: Mark, zoom: number): void {
  const at = (v: number) => v * zoom;
  c.setLineDash([]);
  if (mark.kind === "words") {
    c.font = `${at(mark.size)}px ${fonts}`;
    c.fillStyle = `#${mark.color}`;
    c.direction = mark.rightToLeft ? "rtl" : "ltr";
    c.textAlign = "left";
    c.textBaseline = "alphabetic";
    c.fillText(mark.text, at(mark.left), at(mark.baseline), at(mark.width));
    c.direction = "ltr";
    return;
  }
  if (mark.kind === "line") {
    const { left, y, width } = mark;
    stroke(c, mark.color, at(1.1), [at(3), at(2)], [[left, y, left + width, y]], zoom);
    return;
  }
  const box = [mark.left, mark.top, mark.width, mark.height].map(at) as [number, number, number, number];
  if (mark.fill) {
    c.fillStyle = `#${mark.fill}`;
    c.fillRect(...box);
  }
  if (!mark.stroke) return;
  const thick = at(mark.thick ?? 1);
  if (mark.hatched) {
    stroke(c, mark.stroke, thick, [], hatching(mark), zoom);
    return;
  }
  c.strokeStyle = `#${mark.stroke}`;
  c.lineWidth = thick;
  if (mark.dashed) c.setLineDash([at(3), at(2)]);
  c.strokeRect(...box);
}

function stroke(
  c: Paper,
  color: string,
  thick: number,
  dash: number[],
  lines: readonly (readonly [number, number, number, number])[],
  zoom: number,
): void {
  c.strokeStyle = `#${color}`;
  c.lineWidth = thick;
  c.setLineDash(dash);
  c.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    c.moveTo(x1 * zoom, y1 * zoom);
    c.lineTo(x2 * zoom, y2 * zoom);
  }
  c.stroke();
}
