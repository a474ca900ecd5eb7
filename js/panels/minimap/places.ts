/** Where the units of a text are in a small picture of it, in pixels: they stay, while their colours follow the pointer. */
export class Places {
  /** left, top, right, bottom of each box. */
  #boxes: number[] = [];
  /** Past the last box of each unit. */
  readonly #ends: Int32Array;

  constructor(units: number) {
    this.#ends = new Int32Array(units);
  }

  /** Add a box of the unit that `end` is called for next, in CSS pixels. */
  add(x: number, y: number, width: number, height: number): void {
    const ratio = devicePixelRatio || 1;
    const [left, top] = [Math.round(x * ratio), Math.round(y * ratio)];
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    this.#boxes.push(left, top, left + Math.max(1, wide), top + Math.max(1, high));
  }

  /** No more boxes of unit `u` follow. */
  end(u: number): void {
    this.#ends[u] = this.#boxes.length;
  }

  /** Fill the boxes of each unit with its pixel, 0 for none; where several are, the least transparent stays. */
  paint({ data, width, height }: ImageData, pixelOf: (u: number) => number): void {
    const pixels = new Uint32Array(data.buffer);
    for (let u = 0, k = 0; u < this.#ends.length; u++) {
      const [end, colour] = [this.#ends[u] as number, pixelOf(u)];
      if (colour === 0) k = end;
      for (; k < end; k += 4) {
        const [left, top] = [this.#boxes[k] as number, this.#boxes[k + 1] as number];
        const [right, bottom] = [this.#boxes[k + 2] as number, this.#boxes[k + 3] as number];
        for (let y = top; y < Math.min(bottom, height); y++)
          for (let i = y * width + left; i < y * width + Math.min(right, width); i++)
            if (colour >>> 24 > (pixels[i] as number) >>> 24) pixels[i] = colour;
      }
    }
  }
}
