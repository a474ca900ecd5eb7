/** Paint the layer–head picker. */
import type { Palette } from "../../draw/palette";
import type { Ramp } from "../../draw/ramp";
import type { Head } from "../../session/heads";
import { type Geometry, headTicks, layerTicks } from "./geometry";

export interface Picture {
  /** From 0 to 1, `[layers, heads]`, or null before there is anything to shade. */
  readonly values: Float32Array | null;
  readonly layer: number | null;
  readonly chosen: readonly Head[];
  readonly hovered: Head | null;
  /** The head with the keyboard cursor. */
  readonly focused: Head | null;
  /** The rows' numbers, where they are not from 1 on. */
  readonly names?: readonly string[];
  /** Pixels scrolled sideways; the layer numbers stay in view. */
  readonly left: number;
}

function gap({ across, down }: Geometry): number {
  const side = Math.min(across, down);
  return side >= 9 ? 2 : side >= 4 ? 1 : 0.5;
}

function outline(
  c: CanvasRenderingContext2D,
  g: Geometry,
  [layer, head]: Head,
  color: string,
  width: number,
): void {
  const all = head < 0;
  const space = gap(g);
  c.strokeStyle = color;
  c.lineWidth = width;
  c.beginPath();
  c.roundRect(
    g.gutter + (all ? 0 : head * g.across) - width / 2 + 0.5,
    g.top + layer * g.down - width / 2 + 0.5,
    (all ? g.heads * g.across : g.across) - space + width - 1,
    g.down - space + width - 1,
    Math.min(3, g.down / 4),
  );
  c.stroke();
}

export function paintPicker(
  c: CanvasRenderingContext2D,
  g: Geometry,
  picture: Picture,
  look: Palette,
  ramp: Ramp,
  dpr: number,
): void {
  c.setTransform(dpr, 0, 0, dpr, 0, 0);
  c.clearRect(0, 0, c.canvas.width / dpr, c.canvas.height / dpr);
  const space = gap(g);
  const round = space > 1 ? 2 : 0;
  const { values } = picture;
  for (let l = 0; l < g.layers; l++) {
    for (let h = 0; h < g.heads; h++) {
      c.fillStyle = ramp.css(values?.[l * g.heads + h] ?? 0);
      const [x, y] = [g.gutter + h * g.across, g.top + l * g.down];
      if (round) {
        c.beginPath();
        c.roundRect(x, y, g.across - space, g.down - space, round);
        c.fill();
      } else c.fillRect(x, y, g.across - space, g.down - space);
    }
  }
  if (picture.hovered) outline(c, g, picture.hovered, look.ink, 1.5);
  if (picture.focused) outline(c, g, picture.focused, look.ink, 5);
  if (picture.layer !== null) outline(c, g, [picture.layer, -1], look.accent, 2);
  for (const head of picture.chosen) outline(c, g, head, look.accent, 2);
  if (picture.left > 0) {
    c.fillStyle = look.panel;
    c.fillRect(picture.left - 3, 0, g.gutter + 1, g.top + g.layers * g.down + 2);
  }
  c.font = `9px ${look.mono}`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  for (const h of headTicks(g)) {
    const chosen = picture.chosen.some(([, head]) => head === h);
    c.fillStyle = chosen ? look.accent : picture.hovered?.[1] === h ? look.ink : look.soft;
    c.fillText(String(h + 1), g.gutter + h * g.across + (g.across - space) / 2, g.top / 2 - 0.5);
  }
  c.textAlign = "right";
  for (const l of layerTicks(g)) {
    const current = picture.layer === l || picture.chosen.some(([layer]) => layer === l);
    c.fillStyle = current ? look.accent : picture.hovered?.[0] === l ? look.ink : look.soft;
    c.fillText(
      picture.names?.[l] ?? String(l + 1),
      picture.left + g.gutter - 4,
      g.top + l * g.down + (g.down - space) / 2 + 0.5,
    );
  }
}
