/** Two canvases inside the scrolled text, one under it and one over it, that show what is near the view. */
import { h, inNextFrame, sizeCanvas } from "../../dom";
import { Boxes } from "./boxes";
import { onPaper } from "./on-paper";
import type { Marks, Overlay } from "./page";
import { type Inks, type Picture, paintText } from "./paint";

/** The canvases reach this many views beyond the view, above and below: every pixel is copied with every frame. */
const beyond = 0.15;
/** The pixels of a text that arcs are printed on: browsers refuse canvases that are longer. */
const longest = 16_000;

export class Paper {
  readonly under = h("canvas", { class: "under", "aria-hidden": "true" });
  readonly over = h("canvas", { class: "over", "aria-hidden": "true" });
  readonly boxes = new Boxes();
  readonly #scroller: HTMLElement;
  readonly #list: HTMLElement;
  readonly #units: () => readonly HTMLElement[];
  /** Paint in the next frame. */
  readonly again: () => void;
  /** What a view draws on the text. */
  overlay: Overlay | null = null;
  marks: Marks | null = null;
  #sheet: HTMLCanvasElement | null = null;
  #origin = 0;
  #top = 0;
  #height = 0;
  #width = 0;
  #total = 0;
  #view = 0;
  #scroll = 0;
  #picture: Picture | null = null;
  #inks: Inks | null = null;

  constructor(
    scroller: HTMLElement,
    list: HTMLElement,
    units: () => readonly HTMLElement[],
    end: AbortSignal,
  ) {
    this.#scroller = scroller;
    this.#list = list;
    this.#units = units;
    // One move of the pointer changes the picture in several steps; all are done when the frame begins.
    this.again = inNextFrame(() => this.redraw(), end);
  }

  /** Measure all units again; false while the text is not laid out. */
  sync(): boolean {
    if (!this.boxes.measure(this.#list, this.#units())) return false;
    this.#origin = this.#list.parentElement?.offsetTop ?? 0;
    [this.#width, this.#total] = [this.#list.offsetWidth, this.#list.offsetHeight];
    this.#view = Math.max(1, this.#scroller.clientHeight);
    this.#scroll = this.#scroller.scrollTop;
    this.#height = Math.min(this.#total, Math.ceil(this.#view * (1 + 2 * beyond)));
    for (const canvas of [this.under, this.over]) sizeCanvas(canvas, this.#width, this.#height);
    this.redraw();
    return true;
  }

  /** Draw in the next frame. */
  draw(picture: Picture, inks: Inks): void {
    this.#picture = picture;
    this.#inks = inks;
    this.again();
  }

  /** After scrolling: the text needs nothing until the view comes near an end of the canvases. */
  scrolled(): void {
    this.#scroll = this.#scroller.scrollTop;
    const margin = (this.#view * beyond) / 2;
    const bottom = this.#top + this.#height;
    const nearTop = this.#scroll < this.#top + margin && this.#top > 0;
    const nearBottom = this.#scroll + this.#view > bottom - margin && bottom < this.#total;
    if (nearTop || nearBottom) this.redraw();
    else if (this.overlay) this.again();
  }

  /** Put what a view drew on the whole text on a canvas of its own, for paper; the text keeps its width there, and so its lines. */
  print(printing: boolean): void {
    if (!printing) this.#list.style.width = "";
    this.#sheet?.remove();
    const width = this.#width;
    if (!printing || !this.overlay || !this.#inks || width === 0) return;
    this.#list.style.width = `${width}px`;
    this.#sheet = h("canvas", { class: "sheet", "aria-hidden": "true" });
    this.under.before(this.#sheet);
    sizeCanvas(this.#sheet, width, Math.min(this.#total, longest));
    const c = this.#sheet.getContext("2d");
    c?.scale(devicePixelRatio, devicePixelRatio);
    if (c) this.#paintOverlay(c, c, [0, Number.POSITIVE_INFINITY], onPaper(this.#inks));
  }

  #paintOverlay(
    under: CanvasRenderingContext2D,
    over: CanvasRenderingContext2D,
    view: readonly [number, number],
    inks = this.#inks,
  ): void {
    const [width, picture] = [this.#width, this.#picture];
    const printing = inks !== this.#inks;
    if (picture && inks)
      this.overlay?.paint({ under, over, boxes: this.boxes, picture, inks, width, view, printing });
  }

  redraw(): void {
    const [under, over] = [this.under.getContext("2d"), this.over.getContext("2d")];
    if (!under || !over || !this.#picture || !this.#inks || this.#height === 0) return;
    // Asking the page for its scroll position would lay it out at once.
    const middle = this.#scroll + this.#view / 2;
    this.#top = Math.round(Math.min(Math.max(0, middle - this.#height / 2), this.#total - this.#height));
    const scale = devicePixelRatio || 1;
    for (const c of [under, over]) {
      c.canvas.style.top = `${this.#top}px`;
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, c.canvas.width, c.canvas.height);
      c.setTransform(scale, 0, 0, scale, 0, -this.#top * scale);
    }
    const inView = this.boxes.between(this.#top, this.#top + this.#height);
    paintText(under, over, this.boxes, this.#picture, this.#inks, inView);
    this.marks?.(over, this.#top, this.#top + this.#height);
    const from = this.#scroll - this.#origin;
    this.#paintOverlay(under, over, [from, from + this.#view]);
  }
}
