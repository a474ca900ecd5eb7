/** Where the picture of each head is, and how many numbers it needs. */
import type { Head } from "../../session/heads";

export interface Plan {
  readonly layers: number;
  readonly heads: number;
  /** CSS pixels of a picture, without the gap after it. */
  readonly width: number;
  readonly height: number;
  /** Numbers of a picture, down and across. */
  readonly rows: number;
  readonly cols: number;
}

export const gap = 4;
/** Pixels for the layer numbers, and for the head numbers. */
export const gutter = 24;
export const head = 16;

const [narrowest, widest] = [12, 140];
/** Bytes of an answer. */
const most = 512 * 1024;

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** Pictures as wide as the room allows, as high as the text is long, in as much detail as an answer can carry. */
export function planOf(
  room: number,
  [layers, heads]: readonly [layers: number, heads: number],
  [steps, inputs]: readonly [steps: number, inputs: number],
  pixels: number,
): Plan {
  const width = between(narrowest, Math.floor((room - gutter) / heads) - gap, widest);
  const height = between(Math.min(12, width), Math.round((width * steps) / inputs), width);
  const [rows, cols] = [Math.min(steps, height * pixels), Math.min(inputs, width * pixels)];
  const shrink = Math.min(1, Math.sqrt(most / (layers * heads * rows * cols)));
  const whole = (count: number) => Math.max(1, Math.floor(count * shrink));
  return { layers, heads, width, height, rows: whole(rows), cols: whole(cols) };
}

/** The size of all pictures in CSS pixels. */
export const extent = ({ layers, heads, width, height }: Plan): readonly [width: number, height: number] => [
  gutter + heads * (width + gap),
  head + layers * (height + gap),
];

/** The upper left corner of a picture. */
export const corner = ({ width, height }: Plan, [layer, k]: Head): readonly [x: number, y: number] => [
  gutter + k * (width + gap),
  head + layer * (height + gap),
];

/** The head at a point, or null. */
export function headAt(plan: Plan, x: number, y: number): Head | null {
  const layer = Math.floor((y - head) / (plan.height + gap));
  const k = Math.floor((x - gutter) / (plan.width + gap));
  return layer < 0 || layer >= plan.layers || k < 0 || k >= plan.heads ? null : [layer, k];
}
