/** Draw a drawing as PNG. */
import { hatching } from "./hatching";
import { type Drawing, fonts, type Mark } from "./layout";

/** `scale` pixels for a CSS pixel: 3 is 288 dots an inch. */
export async function toPng({ width, height, ground, marks }: Drawing, scale: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const c = canvas.getContext("2d");
  if (!c) throw new Error("This browser draws no canvas, so there is no PNG: take SVG.");
  c.scale(scale, scale);
  c.fillStyle = `#${ground}`;
  c.fillRect(0, 0, width, height);
  for (const mark of marks) draw(c, mark);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error("The figure is too long for a PNG: take SVG.")),
    ),
  );
}

function draw(c: CanvasRenderingContext2D, mark: Mark): void {
  c.setLineDash([]);
  if (mark.kind === "words") {
    c.font = `${mark.size}px ${fonts}`;
    c.fillStyle = `#${mark.color}`;
    c.direction = mark.rightToLeft ? "rtl" : "ltr";
    c.textAlign = "left";
    c.fillText(mark.text, mark.left, mark.baseline);
    return;
  }
  if (mark.kind === "line") {
    stroke(c, mark.color, 1.1, [3, 2], [[mark.left, mark.y, mark.left + mark.width, mark.y]]);
    return;
  }
  const { left, top, width, height } = mark;
  if (mark.fill) {
    c.fillStyle = `#${mark.fill}`;
    c.fillRect(left, top, width, height);
  }
  if (!mark.stroke) return;
  if (mark.hatched) {
    stroke(c, mark.stroke, mark.thick ?? 1, [], hatching(mark));
    return;
  }
  c.strokeStyle = `#${mark.stroke}`;
  c.lineWidth = mark.thick ?? 1;
  if (mark.dashed) c.setLineDash([3, 2]);
  c.strokeRect(left, top, width, height);
}

function stroke(
  c: CanvasRenderingContext2D,
  color: string,
  thick: number,
  dash: number[],
  lines: readonly (readonly [number, number, number, number])[],
): void {
  c.strokeStyle = `#${color}`;
  c.lineWidth = thick;
  c.setLineDash(dash);
  c.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
  }
  c.stroke();
}
