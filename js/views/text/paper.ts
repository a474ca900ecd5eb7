/** Tints under the text and marks over it: two canvases inside the scrolled content, painted from cached rectangles. */

import { h } from "../../dom";
import { cssColor, type Rgb } from "../../draw/color";
import type { Tint } from "../../draw/ramp";

export interface Picture {
  /** For each unit, NaN for nothing; null before there is anything to show. */
  readonly values: Float32Array | null;
  readonly high: number;
  readonly intensity: number;
  readonly hidden: Uint8Array | null;
  /** Units explained. */
  readonly targets: readonly number[];
  /** The unit pointed at. */
  readonly pointed: number | null;
  /** Units from here on are veiled. */
  readonly veilFrom: number;
}

export interface Inks {
  readonly unsigned: Tint;
  readonly positive: Tint;
  readonly negative: Tint;
  readonly signed: boolean;
  readonly ground: string;
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  readonly accentGround: string;
  /** The person has chosen the colours: bars below the glyphs instead of tints. */
  readonly forced: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const faint = 0.004;
/** The canvases reach this many views beyond the view, above and below: every pixel is copied with every frame. */
const beyond = 0.15;
/** A newline has no width of its own. */
const leastWidth = 4;
const veil = 0.38;

export class Paper {
  readonly under = h("canvas", { class: "under", "aria-hidden": "true" });
  readonly over = h("canvas", { class: "over", "aria-hidden": "true" });
  readonly #scroller: HTMLElement;
  readonly #list: HTMLElement;
  readonly #units: readonly HTMLElement[];
  #start = new Int32Array(1);
  #rects = new Float32Array(0);
  #top = 0;
  #width = 0;
  #height = 0;
  #total = 0;
  #view = 0;
  #scroll = 0;
  #scale = 1;
  #picture: Picture | null = null;
  #inks: Inks | null = null;
  #frame = 0;

  constructor(scroller: HTMLElement, list: HTMLElement, units: readonly HTMLElement[]) {
    this.#scroller = scroller;
    this.#list = list;
    this.#units = units;
  }

  /** Measures all units again. */
  sync(): void {
    const origin = this.#list.getBoundingClientRect();
    if (origin.width === 0) return;
    const zoom = origin.width / this.#list.offsetWidth || 1;
    const rects: number[] = [];
    this.#start = new Int32Array(this.#units.length + 1);
    this.#units.forEach((unit, u) => {
      this.#start[u] = rects.length;
      for (const r of unit.getClientRects()) {
        rects.push(
          (r.left - origin.left) / zoom,
          (r.top - origin.top) / zoom,
          r.width / zoom,
          r.height / zoom,
        );
      }
    });
    this.#start[this.#units.length] = rects.length;
    this.#rects = Float32Array.from(rects);
    this.#scale = devicePixelRatio || 1;
    this.#width = this.#list.offsetWidth;
    this.#total = this.#list.offsetHeight;
    this.#view = Math.max(1, this.#scroller.clientHeight);
    this.#scroll = this.#scroller.scrollTop;
    this.#height = Math.min(this.#total, Math.ceil(this.#view * (1 + 2 * beyond)));
    for (const canvas of [this.under, this.over]) {
      canvas.width = Math.round(this.#width * this.#scale);
      canvas.height = Math.round(this.#height * this.#scale);
      canvas.style.width = `${this.#width}px`;
      canvas.style.height = `${this.#height}px`;
    }
    this.redraw();
  }

  /** The boxes of a unit, one for each line it is on, in CSS pixels of the list. */
  boxes(u: number): Box[] {
    const out: Box[] = [];
    for (let k = this.#start[u] ?? 0; k < (this.#start[u + 1] ?? 0); k += 4) {
      const [left, top, width, height] = this.#rects.subarray(k, k + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      out.push({ left, top, width, height });
    }
    return out;
  }

  /** Draws with the next frame. */
  draw(picture: Picture, inks: Inks): void {
    this.#picture = picture;
    this.#inks = inks;
    // One move of the pointer changes the picture in several steps; all are there when the frame begins.
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.redraw();
    });
  }

  /** After scrolling: nothing to do until the view nears an end of the canvases. */
  scrolled(): void {
    this.#scroll = this.#scroller.scrollTop;
    const to = this.#scroll + this.#view;
    const margin = (this.#view * beyond) / 2;
    const bottom = this.#top + this.#height;
    if (
      (this.#scroll < this.#top + margin && this.#top > 0) ||
      (to > bottom - margin && bottom < this.#total)
    )
      this.redraw();
  }

  redraw(): void {
    const [under, over] = [this.under.getContext("2d"), this.over.getContext("2d")];
    const [picture, inks] = [this.#picture, this.#inks];
    if (!under || !over || !picture || !inks || this.#width === 0) return;
    // Asking the page where it is scrolled to would lay it out at once.
    const middle = this.#scroll + this.#view / 2;
    this.#top = Math.round(Math.min(Math.max(0, middle - this.#height / 2), this.#total - this.#height));
    for (const c of [under, over]) {
      c.canvas.style.top = `${this.#top}px`;
      c.setTransform(this.#scale, 0, 0, this.#scale, 0, -this.#top * this.#scale);
      c.clearRect(0, this.#top, this.#width, this.#height);
    }
    const [first, end] = this.#inView();
    if (!inks.forced && picture.veilFrom < end)
      this.#veil(over, inks, Math.max(first, picture.veilFrom), end);
    this.#targets(under, over, picture.targets, inks);
    if (picture.values && picture.high > 0) {
      if (inks.forced) this.#bars(over, picture, inks, first, end);
      else this.#tints(under, picture, inks, first, end);
    }
    if (picture.hidden) this.#hidden(over, picture.hidden, inks, first, end);

    if (picture.pointed !== null && !picture.targets.includes(picture.pointed)) {
      over.strokeStyle = inks.ink;
      over.lineWidth = 1.5;
      for (const box of this.boxes(picture.pointed)) {
        frame(over, box, 1);
        over.stroke();
      }
    }
  }

  #inView(): [number, number] {
    const n = this.#units.length;
    const topOf = (u: number) => this.#rects[(this.#start[u] as number) + 1] ?? Number.POSITIVE_INFINITY;
    const search = (limit: number) => {
      let [low, high] = [0, n];
      while (low < high) {
        const mid = (low + high) >> 1;
        if (topOf(mid) < limit) low = mid + 1;
        else high = mid;
      }
      return low;
    };
    return [Math.max(0, search(this.#top - 40) - 1), search(this.#top + this.#height)];
  }

  #tints(c: CanvasRenderingContext2D, picture: Picture, inks: Inks, first: number, end: number): void {
    const values = picture.values as Float32Array;
    for (let u = first; u < end; u++) {
      const v = values[u] as number;
      const share = Math.abs(v) / picture.high;
      if (!(share >= faint)) continue;
      const tint = !inks.signed ? inks.unsigned : v < 0 ? inks.negative : inks.positive;
      c.globalAlpha = share * picture.intensity * tint.alpha;
      c.fillStyle = cssColor(tint.rgb);
      c.beginPath();
      for (let k = this.#start[u] as number; k < (this.#start[u + 1] as number); k += 4) {
        const [x, y, w, height] = this.#at(k);
        c.roundRect(x, y - 1, Math.max(leastWidth, w), height + 2, 3);
      }
      c.fill();
      if (inks.signed && share > 0.03) this.#sign(c, u, v < 0, tint.rgb, 0.35 + 0.65 * share);
    }
    c.globalAlpha = 1;
  }

  /** So that the sign is not told by colour alone: a solid line below what adds, a dashed one below what takes away. */
  #sign(c: CanvasRenderingContext2D, u: number, minus: boolean, color: Rgb, alpha: number): void {
    c.globalAlpha = alpha;
    c.strokeStyle = cssColor(color);
    c.lineWidth = 2;
    c.setLineDash(minus ? [4, 3] : []);
    c.beginPath();
    for (let k = this.#start[u] as number; k < (this.#start[u + 1] as number); k += 4) {
      const [x, y, w, height] = this.#at(k);
      c.moveTo(x + 1, y + height);
      c.lineTo(x + Math.max(leastWidth, w) - 1, y + height);
    }
    c.stroke();
    c.setLineDash([]);
  }

  #bars(c: CanvasRenderingContext2D, picture: Picture, inks: Inks, first: number, end: number): void {
    c.strokeStyle = inks.ink;
    for (let u = first; u < end; u++) {
      const v = (picture.values as Float32Array)[u] as number;
      const share = Math.abs(v) / picture.high;
      if (!(share > 0.05)) continue;
      c.lineWidth = 1 + 3 * share;
      c.setLineDash(v < 0 ? [4, 3] : []);
      c.beginPath();
      for (let k = this.#start[u] as number; k < (this.#start[u + 1] as number); k += 4) {
        const [x, y, w, height] = this.#at(k);
        c.moveTo(x, y + height + 1);
        c.lineTo(x + Math.max(leastWidth, w), y + height + 1);
      }
      c.stroke();
    }
    c.setLineDash([]);
  }

  #hidden(c: CanvasRenderingContext2D, hidden: Uint8Array, inks: Inks, first: number, end: number): void {
    c.strokeStyle = inks.soft;
    c.lineWidth = 1;
    c.setLineDash([2, 2]);
    for (let u = first; u < end; u++)
      if (hidden[u])
        for (const box of this.boxes(u)) {
          frame(c, box, 0);
          c.stroke();
        }
    c.setLineDash([]);
  }

  #veil(c: CanvasRenderingContext2D, inks: Inks, first: number, end: number): void {
    c.fillStyle = inks.ground;
    c.globalAlpha = veil;
    for (let u = first; u < end; u++) {
      for (let k = this.#start[u] as number; k < (this.#start[u + 1] as number); k += 4) {
        const [x, y, w, height] = this.#at(k);
        c.fillRect(x - 1, y - 2, w + 2, height + 6);
      }
    }
    c.globalAlpha = 1;
  }

  /** The words explained, in one frame as long as they share a line. */
  #targets(
    under: CanvasRenderingContext2D,
    over: CanvasRenderingContext2D,
    targets: readonly number[],
    inks: Inks,
  ): void {
    const frames: Box[] = [];
    let last = -2;
    for (const u of targets) {
      for (const box of this.boxes(u)) {
        const before = frames.at(-1);
        if (before && (u === last + 1 || u === last) && Math.abs(before.top - box.top) < 4) {
          const left = Math.min(before.left, box.left);
          const right = Math.max(before.left + before.width, box.left + box.width);
          frames[frames.length - 1] = { ...before, left, width: right - left };
        } else frames.push(box);
        last = u;
      }
    }
    over.strokeStyle = inks.accent;
    over.lineWidth = 2;
    under.fillStyle = inks.accentGround;
    for (const box of frames) {
      frame(under, box, 2);
      if (!inks.forced) under.fill();
      frame(over, box, 2);
      over.stroke();
    }
  }

  #at(k: number): [number, number, number, number] {
    const r = this.#rects;
    return [r[k] as number, r[k + 1] as number, r[k + 2] as number, r[k + 3] as number];
  }
}

/** The outline of a box, grown by `room` above and below and by less at the sides, where neighbours are near. */
function frame(c: CanvasRenderingContext2D, box: Box, room: number): void {
  const side = Math.min(room, 1.5);
  c.beginPath();
  c.roundRect(
    box.left - side,
    box.top - room,
    Math.max(leastWidth, box.width) + 2 * side,
    box.height + 2 * room,
    4,
  );
}
