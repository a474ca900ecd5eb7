/** The whole figure: what is drawn of a view, with its scale and its caption below; as SVG and as PNG. */
import type { Figure, FigureLook } from "../../draw/figure";
import type { Paper } from "../../draw/paper";
import { element, SvgPaper } from "../../draw/svg-paper";
import { fonts } from "./layout";

/** A finished figure. Lengths are CSS pixels of the file; `zoom` pixels of the paper are one of them. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly ground: string;
  readonly zoom: number;
  readonly label: string;
  /** Pixels of the paper above what is painted. */
  readonly top: number;
  paint(paper: Paper, pixels: number): void;
}

const [size, line, bar, margin] = [12, 16, 110, 4];
/** Elements of an image in an SVG for each pixel of its paper. */
const crisp = 3;

/** The figure of a view, which is laid out in `zoom` times the width of the file. */
export function sheetOf(figure: Figure, look: FigureLook, zoom: number, caption: boolean): Sheet {
  const lines = caption ? wrapped(figure.caption, look.width - 2 * margin) : [];
  const scale = caption ? figure.scale : undefined;
  const below = (scale ? line + 2 : 0) + lines.length * line;
  return {
    width: look.width / zoom,
    height: (margin + figure.height + below + margin) / zoom,
    ground: look.ground,
    zoom,
    label: figure.caption.slice(0, 2).join(" · "),
    top: margin,
    paint(c, pixels) {
      figure.paint(c, pixels);
      c.textBaseline = "alphabetic";
      c.textAlign = "left";
      c.font = `${size}px ${fonts}`;
      let y = figure.height + line - 4;
      if (scale) {
        paintScale(c, scale, look, y);
        y += line + 2;
      }
      c.fillStyle = look.soft;
      for (const [k, text] of lines.entries()) c.fillText(text, margin, y + k * line);
    },
  };
}

function paintScale(
  c: Paper,
  { low, high, colors }: NonNullable<Figure["scale"]>,
  look: FigureLook,
  y: number,
): void {
  const start = margin + c.measureText(low).width + 6;
  c.fillStyle = look.soft;
  c.fillText(low, margin, y);
  c.fillText(high, start + bar + 6, y);
  colors.forEach((color, k) => {
    c.fillStyle = color;
    c.fillRect(start + (k * bar) / colors.length, y - 9, bar / colors.length, 10);
  });
  c.strokeStyle = look.soft;
  c.lineWidth = 0.5;
  c.strokeRect(start, y - 9, bar, 10);
}

/** Sentences in lines of at most `room` pixels. */
function wrapped(sentences: readonly string[], room: number): string[] {
  const ruler = new SvgPaper(1);
  ruler.font = `${size}px ${fonts}`;
  return sentences.flatMap((sentence) => {
    const lines = [""];
    for (const word of sentence.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (lines.at(-1) && ruler.measureText(longer).width > room) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  });
}

/** As SVG, in which text stays text. */
export function toSvg({ width, height, ground, zoom, label, top, paint }: Sheet): string {
  const paper = new SvgPaper(crisp);
  const n = (v: number) => String(Math.round(100 * v) / 100);
  const root = element("svg", {
    width: n(width),
    height: n(height),
    viewBox: `0 0 ${n(width * zoom)} ${n(height * zoom)}`,
    role: "img",
    "aria-label": label,
    "font-family": fonts,
  });
  root.append(element("title", {}, label));
  paper.root.setAttribute("transform", `translate(0 ${top})`);
  root.append(element("rect", { width: "100%", height: "100%", fill: ground }), paper.root);
  paint(paper, crisp);
  return new XMLSerializer().serializeToString(root);
}

/** As PNG, `scale` pixels for a CSS pixel: 3 is 288 dots an inch. */
export async function toPng(
  { width, height, ground, zoom, top, paint }: Sheet,
  scale: number,
): Promise<Blob> {
  const [file, paper] = [document.createElement("canvas"), document.createElement("canvas")];
  [file.width, file.height] = [Math.round(width * scale), Math.round(height * scale)];
  [paper.width, paper.height] = [file.width, file.height];
  const [whole, c] = [file.getContext("2d"), paper.getContext("2d")];
  if (!whole || !c) throw new Error("This browser draws no canvas, so there is no PNG: take SVG.");
  const pixels = scale / zoom;
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  paint(c, pixels);
  // Painters clear what they paint on: the ground and the margin are those of another canvas.
  whole.fillStyle = ground;
  whole.fillRect(0, 0, file.width, file.height);
  whole.drawImage(paper, 0, Math.round(top * pixels));
  return new Promise((resolve, reject) =>
    file.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error("The figure is too long for a PNG: take SVG.")),
    ),
  );
}
