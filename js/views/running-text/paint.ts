/** Paint tints under the text and marks over it. */
import { cssColor, type Rgb } from "../../draw/color";
import type { Palette } from "../../draw/palette";
import type { Tint } from "../../draw/ramp";
import type { Box, Boxes } from "./boxes";

export interface Picture {
  /** For each unit, NaN for nothing; null before there is anything to show. */
  readonly values: Float32Array | null;
  readonly high: number;
  readonly intensity: number;
  readonly hidden: Uint8Array | null;
  /** The units that are off the colour scale. */
  readonly sinks: readonly number[];
  /** The units explained. */
  readonly targets: readonly number[];
  /** The unit pointed at. */
  readonly pointed: number | null;
  /** The units framed for it: itself, or all of its word. */
  readonly framed: readonly number[];
  /** Units from here on are veiled. */
  readonly veilFrom: number;
}

export interface Inks extends Palette {
  readonly unsigned: Tint;
  readonly positive: Tint;
  readonly negative: Tint;
  readonly signed: boolean;
  /** The person has chosen the colours (forced colours): draw bars below the glyphs instead of tints. */
  readonly forced: boolean;
}

/** One canvas, what is on it, and the units in view. */
interface Layer {
  readonly c: CanvasRenderingContext2D;
  readonly boxes: Boxes;
  readonly picture: Picture;
  readonly inks: Inks;
  readonly first: number;
  readonly end: number;
}

/** Smaller shares are too faint to see. */
const faint = 0.004;
const veil = 0.38;
/** A newline has no width of its own. */
const wide = (width: number): number => Math.max(4, width);
const minus = [4, 3];

export function paintText(
  under: CanvasRenderingContext2D,
  over: CanvasRenderingContext2D,
  boxes: Boxes,
  picture: Picture,
  inks: Inks,
  [first, end]: readonly [number, number],
): void {
  const below: Layer = { c: under, boxes, picture, inks, first, end };
  const above: Layer = { ...below, c: over };
  if (!inks.forced) paintVeil(above);
  paintTargets(below, above);
  if (picture.values && picture.high > 0) {
    if (inks.forced) paintBars(above, picture.values);
    else paintTints(below, picture.values);
  }
  if (picture.hidden) paintHidden(above, picture.hidden);
  for (const sink of picture.sinks) if (sink >= first && sink < end) paintSink(above, sink);
  const framed = picture.framed.filter((u) => !picture.targets.includes(u));
  outline(above, targetFrames(boxes, framed), inks.ink, 1.5, 1);
}

function paintTints({ c, boxes, picture, inks, first, end }: Layer, values: Float32Array): void {
  for (let u = first; u < end; u++) {
    const v = values[u] as number;
    const share = Math.min(1, Math.abs(v) / picture.high); // of a fold, several together may be more
    if (!(share >= faint)) continue;
    const tint = !inks.signed ? inks.unsigned : v < 0 ? inks.negative : inks.positive;
    c.globalAlpha = share * picture.intensity * tint.alpha;
    c.fillStyle = cssColor(tint.rgb);
    c.beginPath();
    boxes.each(u, (x, y, width, height) => c.roundRect(x, y - 1, wide(width), height + 2, 3));
    c.fill();
    if (inks.signed && share > 0.03) paintSign(c, boxes, u, v < 0, tint.rgb, 0.35 + 0.65 * share);
  }
  c.globalAlpha = 1;
}

/** Underline a unit, solid if it adds and dashed if it takes away: colour alone does not show the sign. */
function paintSign(
  c: CanvasRenderingContext2D,
  boxes: Boxes,
  u: number,
  negative: boolean,
  color: Rgb,
  alpha: number,
): void {
  c.globalAlpha = alpha;
  c.strokeStyle = cssColor(color);
  underline(c, boxes, u, 2, negative, 0, 1);
  c.setLineDash([]);
}

function paintBars({ c, boxes, picture, inks, first, end }: Layer, values: Float32Array): void {
  c.strokeStyle = inks.ink;
  for (let u = first; u < end; u++) {
    const v = values[u] as number;
    const share = Math.abs(v) / picture.high;
    if (share > 0.05) underline(c, boxes, u, 1 + 3 * share, v < 0, 1, 0);
  }
  c.setLineDash([]);
}

function underline(
  c: CanvasRenderingContext2D,
  boxes: Boxes,
  u: number,
  width: number,
  dashed: boolean,
  below: number,
  inset: number,
): void {
  c.lineWidth = width;
  c.setLineDash(dashed ? minus : []);
  c.beginPath();
  boxes.each(u, (x, y, w, height) => {
    c.moveTo(x + inset, y + height + below);
    c.lineTo(x + wide(w) - inset, y + height + below);
  });
  c.stroke();
}

function paintHidden(layer: Layer, hidden: Uint8Array): void {
  layer.c.setLineDash([2, 2]);
  for (let u = layer.first; u < layer.end; u++)
    if (hidden[u]) outline(layer, layer.boxes.of(u), layer.inks.soft, 1, 0);
  layer.c.setLineDash([]);
}

/** Hatch a unit that is off the scale. */
function paintSink({ c, boxes, inks }: Layer, sink: number): void {
  c.strokeStyle = inks.soft;
  c.lineWidth = 1;
  boxes.each(sink, (x, y, w, height) => {
    const [width, top, bottom] = [wide(w), y - 1, y + height + 1];
    c.save();
    c.beginPath();
    c.roundRect(x, top, width, bottom - top, 3);
    c.clip();
    c.globalAlpha = 0.4;
    c.beginPath();
    for (let at = x - height; at < x + width; at += 5) {
      c.moveTo(at, bottom);
      c.lineTo(at + (bottom - top), top);
    }
    c.stroke();
    c.restore();
  });
}

function paintVeil({ c, boxes, picture, inks, first, end }: Layer): void {
  c.fillStyle = inks.ground;
  c.globalAlpha = veil;
  for (let u = Math.max(first, picture.veilFrom); u < end; u++)
    boxes.each(u, (x, y, width, height) => c.fillRect(x - 1, y - 2, width + 2, height + 6));
  c.globalAlpha = 1;
}

function paintTargets(below: Layer, above: Layer): void {
  const frames = targetFrames(below.boxes, below.picture.targets);
  if (!below.inks.forced) {
    below.c.fillStyle = below.inks.accentGround;
    for (const box of frames) {
      frame(below.c, box, 2);
      below.c.fill();
    }
  }
  outline(above, frames, above.inks.accent, 2, 2);
}

/** The frames around units: neighbours on one line share a frame. */
export function targetFrames(boxes: Pick<Boxes, "of">, targets: readonly number[]): Box[] {
  const frames: Box[] = [];
  let last = -2;
  for (const u of targets) {
    for (const box of boxes.of(u)) {
      const before = frames.at(-1);
      if (before && (u === last + 1 || u === last) && Math.abs(before.top - box.top) < 4) {
        const left = Math.min(before.left, box.left);
        const right = Math.max(before.left + before.width, box.left + box.width);
        frames[frames.length - 1] = { ...before, left, width: right - left };
      } else frames.push(box);
      last = u;
    }
  }
  return frames;
}

function outline({ c }: Layer, boxes: readonly Box[], color: string, width: number, room: number): void {
  c.strokeStyle = color;
  c.lineWidth = width;
  for (const box of boxes) {
    frame(c, box, room);
    c.stroke();
  }
}

/** The path around a box, grown by `room` above and below and by less at the sides, where neighbours are near. */
function frame(c: CanvasRenderingContext2D, { left, top, width, height }: Box, room: number): void {
  const side = Math.min(room, 1.5);
  c.beginPath();
  c.roundRect(left - side, top - room, wide(width) + 2 * side, height + 2 * room, 4);
}
