/** Where the cells of the layer–head picker are. */
import type { Head } from "../../session/session";

export interface Geometry {
  readonly layers: number;
  readonly heads: number;
  /** CSS pixels from one cell to the next. */
  readonly across: number;
  readonly down: number;
  /** Left margin for the layer numbers. */
  readonly gutter: number;
}

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** Cells as large as the room allows, but never too small to point at. */
export function geometry(layers: number, heads: number, room: number): Geometry {
  const gutter = layers > 99 ? 24 : 18;
  const across = between(6, Math.floor(((room - gutter) / heads) * 4) / 4, 22);
  const down = between(6, Math.min(across + 2, Math.floor(420 / layers)), 17);
  return { layers, heads, across, down, gutter };
}

/** What is at a point of the cells scrolled by `left`: a head, a layer number (head −1), or nothing. */
export function hit(g: Geometry, x: number, y: number, left = 0): Head | null {
  const layer = Math.floor(y / g.down);
  const head = x < left + g.gutter ? -1 : Math.floor((x - g.gutter) / g.across);
  return layer < 0 || layer >= g.layers || head >= g.heads || x < 0 ? null : [layer, head];
}

/** The layer numbers to print, so few that they do not touch. */
export function numbered(g: Geometry): readonly number[] {
  const every = g.down >= 10 ? 1 : Math.ceil(11 / g.down);
  return Array.from({ length: g.layers }, (_, l) => l).filter(
    (l) => every === 1 || l === 0 || (l + 1) % every === 0,
  );
}
