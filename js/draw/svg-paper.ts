/** A paper that writes down as SVG what is painted on it; text stays text. */
import { setAttributes } from "../dom";
import type { Paper } from "./paper";

const namespace = "http://www.w3.org/2000/svg";
const n = (v: number): string => String(Math.round(100 * v) / 100);

export function element(tag: string, attributes: Record<string, string> = {}, text = ""): SVGElement {
  const made = document.createElementNS(namespace, tag);
  setAttributes(made, attributes);
  if (text) made.textContent = text;
  return made;
}

interface Style {
  readonly fillStyle: Paper["fillStyle"];
  readonly strokeStyle: Paper["strokeStyle"];
  readonly lineWidth: number;
  readonly globalAlpha: number;
  readonly font: string;
  readonly textAlign: CanvasTextAlign;
  readonly textBaseline: CanvasTextBaseline;
  readonly direction: CanvasDirection;
  readonly dash: readonly number[];
  readonly transform: string;
  readonly parent: SVGElement;
}

export class SvgPaper implements Paper {
  readonly root: SVGElement;
  fillStyle: Paper["fillStyle"] = "#000";
  strokeStyle: Paper["strokeStyle"] = "#000";
  lineWidth = 1;
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  direction: CanvasDirection = "ltr";
  imageSmoothingEnabled = false;
  readonly #ruler = document.createElement("canvas").getContext("2d");
  readonly #pixels: number;
  #dash: readonly number[] = [];
  #path = "";
  #transform = "";
  #parent: SVGElement;
  #clips = 0;
  #saved: Style[] = [];

  /** `pixels` of the device are one of this paper, where a painter puts images. */
  constructor(pixels: number) {
    this.#pixels = pixels;
    this.root = element("g");
    this.#parent = this.root;
  }

  /** The paper is as large as its figure says: what a canvas needs for its device is not needed. */
  setTransform(): void {}
  clearRect(): void {}

  translate(x: number, y: number): void {
    this.#transform += `translate(${n(x)} ${n(y)})`;
  }

  rotate(angle: number): void {
    this.#transform += `rotate(${n((angle * 180) / Math.PI)})`;
  }

  save(): void {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, font, textAlign, textBaseline, direction } = this;
    const style = {
      fillStyle,
      strokeStyle,
      lineWidth,
      globalAlpha,
      font,
      textAlign,
      textBaseline,
      direction,
    };
    this.#saved.push({ ...style, dash: this.#dash, transform: this.#transform, parent: this.#parent });
  }

  restore(): void {
    const saved = this.#saved.pop();
    if (!saved) return;
    const { dash, transform, parent, ...style } = saved;
    Object.assign(this, style);
    [this.#dash, this.#transform, this.#parent] = [dash, transform, parent];
  }

  beginPath(): void {
    this.#path = "";
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${n(x)} ${n(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${n(x)} ${n(y)}`;
  }

  bezierCurveTo(...points: number[]): void {
    this.#path += `C${points.map(n).join(" ")}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`;
  }

  roundRect(
    x: number,
    y: number,
    width: number,
    height: number,
    radii: Parameters<Paper["roundRect"]>[4] = 0,
  ): void {
    const r = Math.min(Number(radii), width / 2, height / 2);
    if (!(r > 0)) {
      this.rect(x, y, width, height);
      return;
    }
    const [w, h] = [width - 2 * r, height - 2 * r].map(n);
    const arc = (dx: number, dy: number) => `a${n(r)} ${n(r)} 0 0 1 ${n(dx)} ${n(dy)}`;
    this.#path += `M${n(x + r)} ${n(y)}h${w}${arc(r, r)}v${h}${arc(-r, r)}h-${w}${arc(-r, -r)}v-${h}${arc(r, -r)}z`;
  }

  clip(): void {
    const id = `clip${clips++}-${this.#clips++}`;
    const shape = element("clipPath", { id });
    shape.append(element("path", { d: this.#path }));
    const group = element("g", { "clip-path": `url(#${id})` });
    this.#parent.append(shape, group);
    this.#parent = group;
  }

  fill(): void {
    this.#add("path", { d: this.#path, ...this.#filled() });
  }

  stroke(): void {
    this.#add("path", { d: this.#path, ...this.#stroked() });
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add("rect", { ...box(x, y, width, height), ...this.#filled() });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#add("rect", { ...box(x, y, width, height), ...this.#stroked() });
  }

  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash];
  }

  /** `most` is how wide the text is, where that is known. */
  fillText(text: string, x: number, y: number, most?: number): void {
    if (text.trim() === "") return;
    const size = this.#size();
    const right = this.direction === "rtl";
    const [left, end] = right ? ["end", "start"] : ["start", "end"];
    const anchors: Record<string, string> = {
      left,
      right: end,
      center: "middle",
      start: "start",
      end: "end",
    };
    this.#add(
      "text",
      {
        x: n(x),
        y: n(this.textBaseline === "middle" ? y + 0.36 * size : y),
        "font-size": n(size),
        textLength: n(most ?? this.measureText(text).width),
        lengthAdjust: "spacingAndGlyphs",
        ...(this.font.startsWith("600") && { "font-weight": "600" }),
        ...(this.font.startsWith("italic") && { "font-style": "italic" }),
        ...(anchors[this.textAlign] !== "start" && { "text-anchor": anchors[this.textAlign] as string }),
        ...(right && { direction: "rtl" }),
        ...this.#filled(),
      },
      text,
    );
  }

  measureText(text: string): TextMetrics {
    if (!this.#ruler) return { width: 0.55 * this.#size() * text.length } as TextMetrics;
    if (this.#ruler.font !== this.font) this.#ruler.font = this.font;
    return this.#ruler.measureText(text);
  }

  putImageData(image: ImageData, x: number, y: number): void {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    const [left, top, width, height] = [x, y, image.width, image.height].map((v) => v / this.#pixels);
    this.drawImage(canvas, left as number, top as number, width as number, height as number);
  }

  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    this.#add("image", {
      ...box(x, y, width, height),
      href: image.toDataURL(),
      preserveAspectRatio: "none",
      style: "image-rendering:pixelated",
    });
  }

  #size(): number {
    return Number(this.font.match(/([\d.]+)px/)?.[1] ?? 10);
  }

  #filled(): Record<string, string> {
    return { fill: plain(this.fillStyle), ...this.#faint() };
  }

  #stroked(): Record<string, string> {
    return {
      fill: "none",
      stroke: plain(this.strokeStyle),
      "stroke-width": n(this.lineWidth),
      ...(this.#dash.length > 0 && { "stroke-dasharray": this.#dash.join(" ") }),
      ...this.#faint(),
    };
  }

  #faint(): Record<string, string> {
    return this.globalAlpha < 1 ? { opacity: n(this.globalAlpha) } : {};
  }

  #add(tag: string, attributes: Record<string, string>, text = ""): void {
    const placed = this.#transform ? { ...attributes, transform: this.#transform } : attributes;
    this.#parent.append(element(tag, placed, text));
  }
}

/** A colour as every reader of SVG knows it: "rgb(1 2 3)" as "rgb(1,2,3)". */
const plain = (color: Paper["fillStyle"]): string =>
  String(color).replace(/^rgb\((\d+) (\d+) (\d+)\)$/, "rgb($1,$2,$3)");

/** Ids of clips differ between figures, which may stand in one page. */
let clips = 0;

const box = (x: number, y: number, width: number, height: number) => ({
  x: n(x),
  y: n(y),
  width: n(width),
  height: n(height),
});
