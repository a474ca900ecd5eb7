/** Where the cells of the layer–head picker are. */
import type { Head } from "../../session/heads";

export interface Geometry {
  readonly layers: number;
  readonly heads: number;
  /** CSS pixels from one cell to the next. */
  readonly across: number;
  readonly down: number;
  /** Left margin for the layer numbers, and upper one for the head numbers. */
  readonly gutter: number;
  readonly top: number;
}

/** Pixels for all layers: more of them have lower cells. */
const tall = 140;
/** Pixels that a number needs, across and down. */
const digits = [14, 10] as const;

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));
const quarter = (value: number): number => Math.floor(4 * value) / 4;

/** Cells as large as the room allows. Many heads scroll sideways; many layers never make the panel higher. */
export function geometry(layers: number, heads: number, room: number): Geometry {
  const gutter = layers > 99 ? 24 : 18;
  const across = between(3, quarter((room - gutter) / heads), 20);
  const down = between(1, quarter(Math.min(across + 2, tall / layers)), 17);
  return { layers, heads, across, down, gutter, top: 12 };
}

/** What is at a point of the cells scrolled by `left`: a head, a layer number (head −1), or nothing. */
export function hit(g: Geometry, x: number, y: number, left = 0): Head | null {
  const layer = Math.floor((y - g.top) / g.down);
  const head = x < left + g.gutter ? -1 : Math.floor((x - g.gutter) / g.across);
  return layer < 0 || layer >= g.layers || head >= g.heads || x < 0 ? null : [layer, head];
}

/** The numbers to print of `count` cells, each `size` pixels long, so few that they do not touch. */
function ticks(count: number, size: number, room: number): readonly number[] {
  const every = [1, 2, 5, 10, 20, 50].find((step) => step * size >= room) ?? 100;
  const fits = (k: number) => k === 0 || ((k + 1) % every === 0 && k * size >= room);
  return Array.from({ length: count }, (_, k) => k).filter(fits);
}

/** The layers whose numbers are printed, from 0. */
export const layerTicks = (g: Geometry): readonly number[] => ticks(g.layers, g.down, digits[1]);

/** The heads whose numbers are printed, from 0. */
export const headTicks = (g: Geometry): readonly number[] => ticks(g.heads, g.across, digits[0]);
