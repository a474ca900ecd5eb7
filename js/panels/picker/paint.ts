/** The picture of the layer–head picker: geometry (pure) and painting on a canvas. */
import type { Ramp } from "../../draw/ramp";
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

/** What lies at a point of the cells scrolled by `left`: a head, a layer number (head −1), or nothing. */
export function hit(g: Geometry, x: number, y: number, left = 0): Head | null {
  const layer = Math.floor(y / g.down);
  const head = x < left + g.gutter ? -1 : Math.floor((x - g.gutter) / g.across);
  return layer < 0 || layer >= g.layers || head >= g.heads || x < 0 ? null : [layer, head];
}

/** Which layer numbers to print so that they do not touch. */
export function numbered(g: Geometry): readonly number[] {
  const every = g.down >= 10 ? 1 : Math.ceil(11 / g.down);
  return Array.from({ length: g.layers }, (_, l) => l).filter(
    (l) => every === 1 || l === 0 || (l + 1) % every === 0,
  );
}

export interface Look {
  readonly ramp: Ramp;
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  readonly ground: string;
  readonly font: string;
}

export interface Picture {
  /** `[layers, heads]`, or null before there is anything to shade. */
  readonly values: Float32Array | null;
  readonly high: number;
  readonly layer: number | null;
  readonly chosen: readonly Head[];
  readonly peek: Head | null;
  readonly ring: Head | null;
  /** Pixels scrolled sideways; the layer numbers stay in view. */
  readonly left: number;
}

const gap = (g: Geometry): number => (Math.min(g.across, g.down) >= 9 ? 2 : 1);

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
    layer * g.down - width / 2 + 1.5,
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
  look: Look,
  dpr: number,
): void {
  c.setTransform(dpr, 0, 0, dpr, 0, 0);
  c.clearRect(0, 0, c.canvas.width / dpr, c.canvas.height / dpr);
  const space = gap(g);
  const round = space > 1 ? 2 : 0;
  const { values, high } = picture;
  for (let l = 0; l < g.layers; l++) {
    for (let h = 0; h < g.heads; h++) {
      const v = values?.[l * g.heads + h] ?? 0;
      c.fillStyle = look.ramp.css(high > 0 && !Number.isNaN(v) ? v / high : 0);
      const [x, y] = [g.gutter + h * g.across, 1 + l * g.down];
      if (round) {
        c.beginPath();
        c.roundRect(x, y, g.across - space, g.down - space, round);
        c.fill();
      } else c.fillRect(x, y, g.across - space, g.down - space);
    }
  }
  if (picture.peek) outline(c, g, picture.peek, look.ink, 1.5);
  if (picture.ring) outline(c, g, picture.ring, look.ink, 5);
  if (picture.layer !== null) outline(c, g, [picture.layer, -1], look.accent, 2);
  for (const head of picture.chosen) outline(c, g, head, look.accent, 2);
  if (picture.left > 0) {
    c.fillStyle = look.ground;
    c.fillRect(picture.left - 3, 0, g.gutter + 1, g.layers * g.down + 2);
  }
  c.font = `${Math.min(10, g.down + 2)}px ${look.font}`;
  c.textAlign = "right";
  c.textBaseline = "middle";
  for (const l of numbered(g)) {
    const current = picture.layer === l || picture.chosen.some(([layer]) => layer === l);
    c.fillStyle = current ? look.accent : picture.peek?.[0] === l ? look.ink : look.soft;
    c.fillText(String(l + 1), picture.left + g.gutter - 4, 1 + l * g.down + (g.down - space) / 2 + 0.5);
  }
}
