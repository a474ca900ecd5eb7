/** Paint the table: each cell has the layer's likeliest word, shaded by its p; what was said has a hue of its own. */
import type { Palette } from "../../draw/palette";
import type { Paper } from "../../draw/paper";
import type { Tint } from "../../draw/ramp";
import { truncate } from "../../draw/truncate";
import type { StepLens } from "../../session/lens";
import { gutter, head, inView, type Plan, type Spot } from "./plan";

export interface Picture {
  readonly plan: Plan;
  readonly left: number;
  readonly top: number;
  readonly hovered: Spot | null;
  lensOf(step: number): StepLens | null;
  /** What was said at a step. */
  said(step: number): string;
  held(step: number): boolean;
}

export interface Look extends Palette {
  readonly saidTint: Tint;
  readonly otherTint: Tint;
  /** The name of a word, cut to the width of a cell. */
  cut(word: string): string;
}

/** Names of words, cut to a width and kept. */
export function cutter(paper: Pick<Paper, "font" | "measureText">, name: (word: string) => string) {
  const known = new Map<string, string>();
  return (word: string, width: number): string => {
    const key = `${paper.font} ${width} ${word}`;
    const made = known.get(key) ?? truncate(name(word), width, (text) => paper.measureText(text).width);
    if (known.size > 20_000) known.clear();
    known.set(key, made);
    return made;
  };
}

export function paintTable(c: Paper, picture: Picture, look: Look, pixels: number): void {
  const { plan: p, left, top, hovered } = picture;
  c.setTransform(pixels, 0, 0, pixels, 0, 0);
  c.clearRect(0, 0, p.width, p.height);
  c.textBaseline = "middle";
  const columns = inView(left, p.across, p.steps, p.width - gutter);
  const rows = inView(top, p.down, p.layers, p.height - head);
  within(c, [gutter, head, p.width, p.height], () => {
    each(columns, (step) => paintColumn(c, picture, look, step, rows));
  });
  within(c, [gutter, 0, p.width, p.height], () => {
    each(columns, (step) => paintHeading(c, picture, look, step));
  });
  within(c, [0, head, gutter, p.height], () => {
    c.font = `11px ${look.sans}`;
    c.textAlign = "right";
    each(rows, (layer) => {
      c.fillStyle = hovered?.layer === layer ? look.ink : look.soft;
      c.fillText(String(layer + 1), gutter - 6, head + (layer + 0.5) * p.down - top);
    });
  });
}

function each([first, end]: readonly [number, number], paint: (at: number) => void): void {
  for (let at = first; at < end; at++) paint(at);
}

function within(c: Paper, box: [number, number, number, number], paint: () => void): void {
  c.save();
  c.beginPath();
  c.rect(...box);
  c.clip();
  paint();
  c.restore();
}

function paintColumn(
  c: Paper,
  { plan: p, left, top, hovered, lensOf }: Picture,
  look: Look,
  step: number,
  rows: readonly [number, number],
): void {
  const x = gutter + step * p.across - left;
  const lens = lensOf(step);
  each(rows, (layer) => {
    const y = head + layer * p.down - top;
    const cell = [x + 1, y + 1, p.across - 1, p.down - 1] as const;
    c.fillStyle = look.panel;
    if (!lens) return c.fillRect(...cell);
    const leads = lens.rank[layer] === 1;
    const { rgb, alpha } = leads ? look.saidTint : look.otherTint;
    c.globalAlpha = alpha * (lens.p[layer * lens.top] as number);
    c.fillStyle = `rgb(${rgb.join(" ")})`;
    c.fillRect(...cell);
    c.globalAlpha = 1;
    c.fillStyle = look.ink;
    c.font = `${leads ? "600 " : ""}11px ${look.sans}`;
    c.fillText(look.cut(lens.words[layer * lens.top] ?? ""), x + 5, y + p.down / 2 + 0.5);
    if (hovered?.step !== step || hovered.layer !== layer) return;
    c.strokeStyle = look.ink;
    c.strokeRect(x + 1, y + 0.5, p.across - 1, p.down);
  });
}

function paintHeading(
  c: Paper,
  { plan: p, left, hovered, said, held }: Picture,
  look: Look,
  step: number,
): void {
  const x = gutter + step * p.across - left;
  const on = held(step);
  c.font = `600 12px ${look.sans}`;
  c.fillStyle = on ? look.accent : hovered?.step === step ? look.ink : look.soft;
  c.fillText(look.cut(said(step)), x + 5, head / 2);
  if (!on) return;
  c.strokeStyle = look.accent;
  c.lineWidth = 2;
  c.strokeRect(x, 1, p.across + 1, Math.min(p.height, head + p.layers * p.down) - 2);
}
