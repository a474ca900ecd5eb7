/** Two canvases inside the scrolled text, one under it and one over it, that show what is near the view. */
import { h, inNextFrame, sizeCanvas } from "../../dom";
import { Boxes } from "./boxes";
import type { Overlay } from "./page";
import { type Inks, type Picture, paintText } from "./paint";

/** The canvases reach this many views beyond the view, above and below: every pixel is copied with every frame. */
const beyond = 0.15;

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
  #origin = 0;
  #top = 0;
  #height = 0;
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
    this.#total = this.#list.offsetHeight;
    this.#view = Math.max(1, this.#scroller.clientHeight);
    this.#scroll = this.#scroller.scrollTop;
    this.#height = Math.min(this.#total, Math.ceil(this.#view * (1 + 2 * beyond)));
    for (const canvas of [this.under, this.over]) sizeCanvas(canvas, this.#list.offsetWidth, this.#height);
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
    const [picture, inks, from] = [this.#picture, this.#inks, this.#scroll - this.#origin];
    this.overlay?.paint({ under, over, boxes: this.boxes, picture, inks, view: [from, from + this.#view] });
  }
}
