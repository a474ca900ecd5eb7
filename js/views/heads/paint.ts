/** Paint the picture of every head. */
import type { Palette } from "../../draw/palette";
import type { Paper } from "../../draw/paper";
import type { Glance, Head } from "../../session/heads";
import { corner, extent, gutter, head, type Plan } from "./plan";

export interface Picture {
  readonly plan: Plan;
  /** The pictures of all heads, which no hover changes. */
  readonly still: HTMLCanvasElement;
  /** The head under the pointer or with the cursor. */
  readonly hovered: Head | null;
  readonly chosen: readonly Head[];
}

/** The pixels of one head's picture, transparent where nothing was seen; `table` has the colour of each byte. */
export function pixelsOf({ rows, cols, values }: Glance, index: number, table: Uint32Array): ImageData {
  const image = new ImageData(cols, rows);
  const colors = new Uint32Array(image.data.buffer);
  const from = index * rows * cols;
  for (let k = 0; k < rows * cols; k++) {
    const q = values[from + k] as number;
    colors[k] = q === 255 ? 0 : (table[q] as number);
  }
  return image;
}

/** Paint the pictures, the numbers, and frames around the heads chosen and pointed at. */
export function paintHeads(c: Paper, picture: Picture, look: Palette, pixels: number): void {
  const { plan, still, hovered, chosen } = picture;
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  const size = extent(plan);
  c.clearRect(0, 0, ...size);
  if (still.width > 0) c.drawImage(still, 0, 0, ...size);
  paintMarks(c, plan, hovered, chosen, look);
}

/** Paint the numbers, and the frames. */
export function paintMarks(
  c: Paper,
  plan: Plan,
  hovered: Head | null,
  chosen: readonly Head[],
  look: Palette,
): void {
  paintNumbers(c, plan, hovered, look);
  for (const at of chosen) frame(c, plan, at, look.accent);
  if (hovered) frame(c, plan, hovered, look.ink);
}

/** Paint the picture of each head, or its ground while it is not known. */
export function paintPictures(
  c: Paper,
  plan: Plan,
  glance: Glance | null,
  look: Palette,
  table: Uint32Array,
  pixels: number,
): void {
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  c.clearRect(0, 0, ...extent(plan));
  const draft = document.createElement("canvas");
  [draft.width, draft.height] = [plan.cols, plan.rows];
  const small = draft.getContext("2d");
  c.imageSmoothingEnabled = false;
  each(plan, (at, index) => {
    const box = [...corner(plan, at), plan.width, plan.height] as const;
    c.fillStyle = look.panel;
    c.fillRect(...box);
    if (!glance || !small) return;
    small.putImageData(pixelsOf(glance, index, table), 0, 0);
    c.drawImage(draft, ...box);
  });
}

function each({ layers, heads }: Plan, paint: (at: Head, index: number) => void): void {
  for (let layer = 0; layer < layers; layer++)
    for (let k = 0; k < heads; k++) paint([layer, k], layer * heads + k);
}

function frame(c: Paper, plan: Plan, at: Head, color: string): void {
  const [x, y] = corner(plan, at);
  c.strokeStyle = color;
  c.lineWidth = 2;
  c.strokeRect(x - 1, y - 1, plan.width + 2, plan.height + 2);
}

function paintNumbers(c: Paper, plan: Plan, hovered: Head | null, look: Palette): void {
  const ink = (on: boolean) => {
    c.fillStyle = on ? look.ink : look.soft;
  };
  c.font = `11px ${look.sans}`;
  c.textBaseline = "middle";
  c.textAlign = "right";
  for (let layer = 0; layer < plan.layers; layer++) {
    ink(hovered?.[0] === layer);
    c.fillText(String(layer + 1), gutter - 6, corner(plan, [layer, 0])[1] + plan.height / 2);
  }
  c.textAlign = "center";
  const every = plan.width < 16 ? 5 : 1;
  for (let k = 0; k < plan.heads; k++) {
    if (k > 0 && (k + 1) % every > 0) continue;
    ink(hovered?.[1] === k);
    c.fillText(String(k + 1), corner(plan, [0, k])[0] + plan.width / 2, head / 2);
  }
}
