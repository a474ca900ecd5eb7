/** A plane of quantised values, and smaller copies of it that keep the peaks. */

/** Quantised as in a `map` answer (docs/protocol.md), row by row; 255 where there is no number. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

const hole = 255;

/** Halve the width: of two neighbours keep the greater magnitude; a hole stays only where both are holes. */
export function halveAcross(plane: Plane, zero: number): Plane {
  const { width, height, values } = plane;
  const half = Math.ceil(width / 2);
  const out = new Uint8Array(half * height);
  for (let y = 0; y < height; y++) {
    const from = y * width;
    const to = y * half;
    for (let x = 0; x < half; x++) {
      const a = values[from + 2 * x] as number;
      const b = 2 * x + 1 < width ? (values[from + 2 * x + 1] as number) : hole;
      out[to + x] = b === hole || (a !== hole && Math.abs(a - zero) >= Math.abs(b - zero)) ? a : b;
    }
  }
  return { width: half, height, values: out };
}

/** Halve the height in the same way. */
export function halveDown(plane: Plane, zero: number): Plane {
  const { width, height, values } = plane;
  const half = Math.ceil(height / 2);
  const out = new Uint8Array(width * half);
  for (let y = 0; y < half; y++) {
    const from = 2 * y * width;
    const paired = 2 * y + 1 < height;
    for (let x = 0; x < width; x++) {
      const a = values[from + x] as number;
      const b = paired ? (values[from + width + x] as number) : hole;
      out[y * width + x] = b === hole || (a !== hole && Math.abs(a - zero) >= Math.abs(b - zero)) ? a : b;
    }
  }
  return { width, height: half, values: out };
}

export class Pyramid {
  readonly base: Plane;
  readonly zero: number;
  readonly #levels = new Map<string, Plane>();

  constructor(base: Plane, signed: boolean) {
    this.base = base;
    this.zero = signed ? 127 : 0;
  }

  /** The plane halved `across` times in width and `down` times in height; kept once made. */
  level(across: number, down: number): Plane {
    if (across <= 0 && down <= 0) return this.base;
    const key = `${across} ${down}`;
    const known = this.#levels.get(key);
    if (known) return known;
    const made =
      down > 0
        ? halveDown(this.level(across, down - 1), this.zero)
        : halveAcross(this.level(across - 1, 0), this.zero);
    this.#levels.set(key, made);
    return made;
  }
}
