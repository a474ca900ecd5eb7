/** Where the units of the text are: their rectangles, measured once and kept. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Boxes {
  /** Offsets into `#rects` of each unit, and the end of the last. */
  #start = new Int32Array(1);
  /** left, top, width, height of each line of each unit, in CSS pixels of the list. */
  #rects = new Float32Array(0);

  /** Measure all units again. False while the list is not laid out. */
  measure(list: HTMLElement, units: readonly HTMLElement[]): boolean {
    const origin = list.getBoundingClientRect();
    if (origin.width === 0) return false;
    const zoom = origin.width / list.offsetWidth || 1;
    const rects: number[] = [];
    this.#start = new Int32Array(units.length + 1);
    units.forEach((unit, u) => {
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
    this.#start[units.length] = rects.length;
    this.#rects = Float32Array.from(rects);
    return true;
  }

  /** The boxes of a unit, one for each line that it is on. */
  of(u: number): Box[] {
    const out: Box[] = [];
    this.each(u, (left, top, width, height) => out.push({ left, top, width, height }));
    return out;
  }

  /** The first box of a unit; undefined for what is not laid out. */
  first(u: number): Box | undefined {
    const [r, k] = [this.#rects, this.#start[u] ?? 0];
    if (k >= (this.#start[u + 1] ?? 0)) return undefined;
    return {
      left: r[k] as number,
      top: r[k + 1] as number,
      width: r[k + 2] as number,
      height: r[k + 3] as number,
    };
  }

  /** Call `draw` with each box of a unit, without making objects. */
  each(u: number, draw: (left: number, top: number, width: number, height: number) => void): void {
    const r = this.#rects;
    for (let k = this.#start[u] ?? 0; k < (this.#start[u + 1] ?? 0); k += 4)
      draw(r[k] as number, r[k + 1] as number, r[k + 2] as number, r[k + 3] as number);
  }

  /** The first unit that reaches below `top`, and one past the last that begins above `bottom`. */
  between(top: number, bottom: number): [first: number, end: number] {
    return [Math.max(0, this.#search(top - 40) - 1), this.#search(bottom)];
  }

  /** How many units begin above `limit`: tops only grow along the text. */
  #search(limit: number): number {
    let [low, high] = [0, this.#start.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const top = this.#rects[(this.#start[middle] as number) + 1] ?? Number.POSITIVE_INFINITY;
      if (top < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
