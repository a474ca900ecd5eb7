/** Paint the cells of the matrix. */
import { cssPixel } from "../../draw/color";
import { type Axis, paint, visible } from "../../draw/heatmap";
import { numeral } from "../../draw/numerals";
import type { Paper } from "../../draw/paper";
import { quantize } from "../../session/quantize";
import { paintColumns, paintRows } from "./headings";
import { bodyBottom, cutAside, printsNumbers, room, runs } from "./layout";
import type { Look, Picture } from "./picture";

let scratch: { image: ImageData; pixels: Uint32Array } | null = null;
function pixelsOf(width: number, height: number): { image: ImageData; pixels: Uint32Array } {
  if (scratch?.image.width !== width || scratch.image.height !== height) {
    const image = new ImageData(width, height);
    scratch = { image, pixels: new Uint32Array(image.data.buffer) };
  }
  return scratch;
}

export function paintMatrix(c: Paper, picture: Picture, look: Look, dpr: number): void {
  const { layout: l } = picture;
  c.setTransform(dpr, 0, 0, dpr, 0, 0);
  c.clearRect(0, 0, l.width, l.height);
  c.textBaseline = "middle";
  const large = Math.min(picture.across.scale, picture.down.scale) >= 9;
  if (large) paintCells(c, picture, look);
  else paintPixels(c, picture, look, dpr);
  paintRows(c, picture, look);
  paintColumns(c, picture, look);
  paintFades(c, picture, look);
  paintHeld(c, picture, look);
}

/** How far a fade reaches from an edge, and the pixels of one of its steps. */
const [fade, step] = [18, 3];

/** Fade the cells at each edge beyond which there are more. */
function paintFades(c: Paper, { layout: l, across, down }: Picture, look: Look): void {
  const [left, top] = [l.gutter, l.head];
  const [right, bottom] = [l.width, bodyBottom(l, down)];
  const [wide, tall] = room(l);
  c.fillStyle = look.ground;
  for (let k = 0; k < fade; k += step) {
    c.globalAlpha = 0.75 * (1 - k / fade);
    if (across.offset > 1) c.fillRect(left + k, top, step, bottom - top);
    if (l.columns * across.scale - across.offset > wide + 8)
      c.fillRect(right - k - step, top, step, bottom - top);
    if (down.offset > 1) c.fillRect(left, top + k, right - left, step);
    if (l.rows * down.scale - down.offset > tall + 1) c.fillRect(left, bottom - k - step, right - left, step);
  }
  c.globalAlpha = 1;
}

function paintPixels(c: Paper, { field, layout: l, across, down }: Picture, look: Look, dpr: number): void {
  const [x, y] = [Math.round(l.gutter * dpr), Math.round(l.head * dpr)];
  const width = Math.round((l.width - l.gutter) * dpr);
  const height = Math.max(1, Math.round((bodyBottom(l, down) - l.head) * dpr));
  if (width < 1) return;
  const { image, pixels } = pixelsOf(width, height);
  const device = (axis: Axis): Axis => ({ offset: axis.offset * dpr, scale: axis.scale * dpr });
  paint(pixels, width, height, field.pyramid(), device(across), device(down), look.table, field.hatched);
  c.putImageData(image, x, y);
}

function hatch(c: Paper, x: number, y: number, width: number, height: number): void {
  c.beginPath();
  for (let k = 5; k < width + height; k += 6) {
    c.moveTo(x + Math.min(k, width), y + Math.max(0, k - width));
    c.lineTo(x + Math.max(0, k - height), y + Math.min(k, height));
  }
  c.stroke();
}

function paintCells(c: Paper, { field, layout: l, across, down }: Picture, look: Look): void {
  const { base } = field.pyramid();
  const [wide, tall] = room(l);
  const [left, right] = visible(across, l.columns, wide + 6);
  const [top, bottom] = visible(down, l.rows, tall);
  const gap = Math.min(across.scale, down.scale) >= 14 ? 2 : 1;
  const round = down.scale >= 16 ? 3 : down.scale >= 12 ? 2 : 0;
  const numbers = printsNumbers(across, down);
  const { high, hatched } = field;
  c.save();
  c.beginPath();
  c.rect(l.gutter - 1, l.head, l.width - l.gutter + 1, bodyBottom(l, down) - l.head);
  c.clip();
  c.font = `${down.scale >= 20 ? 12.5 : 11}px ${look.mono}`;
  c.textAlign = "center";
  c.lineWidth = 1;
  const glyph = cssPixel(look.table[255] as number);
  c.strokeStyle = glyph;
  const [width, height] = [across.scale - gap, down.scale - gap];
  for (let column = left; column < right; column++) {
    const x = l.gutter + column * across.scale - across.offset;
    const exact = numbers ? field.column(column) : null;
    for (let row = top; row < bottom; row++) {
      const y = l.head + row * down.scale - down.offset + gap / 2;
      const v = exact ? (exact[row] as number) : Number.NaN;
      const q = exact ? quantize(v, high, field.signed) : (base.values[row * l.columns + column] as number);
      if (exact ? field.isHidden(row) : hatched[row]) hatch(c, x, y, width, height);
      else if (q === 255) {
        c.fillStyle = glyph;
        c.fillRect(x + width / 2 - 1, y + height / 2 - 1, 2, 2);
      } else {
        c.fillStyle = cssPixel(look.table[q] as number);
        c.beginPath();
        c.roundRect(x, y, width, height, round);
        c.fill();
        if (!exact || cutAside(l, x, width)) continue;
        c.fillStyle = look.ink;
        c.fillText(numeral(v, field.signed, high), x + width / 2, y + height / 2 + 0.5);
      }
    }
  }
  c.restore();
}

function paintHeld(c: Paper, { layout: l, across, down, held }: Picture, look: Look): void {
  c.save();
  c.beginPath();
  c.rect(l.gutter - 3, 0, l.width - l.gutter + 3, l.height);
  c.clip();
  c.strokeStyle = look.accent;
  c.lineWidth = 2;
  for (const [first, last] of runs(held)) {
    const left = l.gutter + first * across.scale - across.offset - 1;
    c.beginPath();
    c.roundRect(left, 1, (last - first + 1) * across.scale, bodyBottom(l, down) + l.foot - 3, 5);
    c.stroke();
  }
  c.restore();
}
