/** Colour ramps. Steps are even in OKLCH lightness; colour-blind readers can tell blue from orange. */
import { contrast, cssColor, ground, hex, ink, over, pixel, type Rgb, type Theme } from "./color";

export interface Ramp {
  readonly stops: readonly Rgb[];
  /** The CSS colour of `v`, from 0 to 1, or from -1 to 1 in a diverging ramp. Values outside get the colour of the end. */
  css(v: number): string;
  /** The pixel of each value of a `map` answer (docs/protocol.md); 255 is the glyph of cells without a number. */
  readonly table: Uint32Array;
}

/** A colour behind text, and the greatest opacity at which the text keeps a contrast of 4.5. */
export interface Tint {
  readonly rgb: Rgb;
  readonly alpha: number;
}

const stops = {
  violet: {
    light:
      "f9f6fe f3eefe ede6fe e7defe e1d6fd dbcefd d5c6fd cfbefd c9b6fc c3aefc bda5fb b79dfb b195fa ab8dfa a584f9 9f7cf8 9a73f7",
    dark: "171620 1c182a 201b35 251d3f 2a204b 2f2256 342461 39266d 3e2779 442986 492a92 4f2b9f 542cab 5a2cb8 5f2dc6 652dd3 6b2de1",
  },
  blue: {
    light:
      "f1f8ff e3effd d5e7fc c8defa bad6f8 adcdf6 9fc4f4 92bcf2 85b3f0 79aaee 6ca1eb 6098e9 538ee6 4785e3 3a7be0 2d71dd 2067da",
    dark: "131b29 172134 1b283f 1f2f4b 233657 273e64 2b4571 2f4d7e 33558b 375d98 3b65a6 3e6db4 4275c2 467ed0 4986de 4c8fed 4f98fc",
  },
  diverging: {
    light:
      "4c94ec 619fee 74aaf0 87b6f2 9ac1f3 acccf4 bfd7f5 d1e1f6 e4ecf7 f7f7f7 f8e9e1 f9dccc f9ceb7 f9c0a1 f9b38c f7a475 f6965e f48743 f1771e",
    dark: "1f68bc 215fa8 225695 224d82 22446f 213c5d 20334b 1e2a3a 1c2229 191919 281f1b 36251d 452b1d 54301e 63361d 733b1c 834119 944615 a54b0e",
  },
} as const;

const glyph: Record<Theme, Rgb> = { light: [196, 201, 212], dark: [63, 70, 84] };

function build(text: string, theme: Theme, low: -1 | 0): Ramp {
  const colors = text.split(" ").map(hex);
  const at = (v: number): Rgb => {
    const x = Math.min(1, Math.max(0, (v - low) / (1 - low))) * (colors.length - 1);
    const i = Math.min(colors.length - 2, Math.floor(x));
    return over(colors[i + 1] as Rgb, colors[i] as Rgb, x - i);
  };
  const value = low === 0 ? (q: number) => q / 254 : (q: number) => (q - 127) / 127;
  const table = Uint32Array.from({ length: 256 }, (_, q) => pixel(q === 255 ? glyph[theme] : at(value(q))));
  return { stops: colors, css: (v) => cssColor(at(v)), table };
}

const made = new Map<string, Ramp>();
function ramp(name: keyof typeof stops, theme: Theme): Ramp {
  const key = `${name} ${theme}`;
  const known = made.get(key) ?? build(stops[name][theme], theme, name === "diverging" ? -1 : 0);
  made.set(key, known);
  return known;
}

/** A ramp from zero up. Text can stand on the violet one; the blue one is stronger, for cells without text. */
export function sequential(theme: Theme, hue: "violet" | "blue" = "violet"): Ramp {
  return ramp(hue, theme);
}

/** A ramp with zero in the middle: orange adds, blue takes away. */
export function diverging(theme: Theme): Ramp {
  return ramp("diverging", theme);
}

/** The table of the ramp when only the part up to `intensity` (0 to 1) is used. */
export function faded(ramp: Ramp, signed: boolean, intensity: number): Uint32Array {
  const zero = signed ? 127 : 0;
  return ramp.table.map((color, q) =>
    q === 255 ? color : (ramp.table[zero + Math.round((q - zero) * intensity)] as number),
  );
}

/** This colour at the greatest opacity at which text on it keeps a contrast of 4.5. */
export function readable(rgb: Rgb, theme: Theme): Tint {
  let alpha = 1;
  while (contrast(ink[theme], over(rgb, ground[theme], alpha)) < 4.5)
    alpha = Math.round(100 * alpha - 1) / 100;
  return { rgb, alpha };
}

const bases = {
  light: { said: "c2255c", unsigned: "8b5cf6", positive: "f1771e", negative: "3a86f0" },
  dark: { said: "f783ac", unsigned: "7c4dff", positive: "c85a10", negative: "2272d0" },
} as const;

/** The tints behind text: for shares, for what adds, for what takes away, and for what was said. */
export function tint(theme: Theme): Record<"unsigned" | "positive" | "negative" | "said", Tint> {
  const base = bases[theme];
  return {
    said: readable(hex(base.said), theme),
    unsigned: readable(hex(base.unsigned), theme),
    positive: readable(hex(base.positive), theme),
    negative: readable(hex(base.negative), theme),
  };
}
