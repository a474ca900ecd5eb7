/** Colours in sRGB, and the contrast between them. */
export type Rgb = readonly [red: number, green: number, blue: number];
export type Theme = "light" | "dark";

/** The text colour and background that tints are made for. A host's text has at least this contrast. */
export const ink: Record<Theme, Rgb> = { light: [31, 36, 48], dark: [230, 232, 238] };
export const ground: Record<Theme, Rgb> = { light: [255, 255, 255], dark: [17, 19, 24] };

/** Relative luminance, 0 to 1: WCAG 2.2. */
export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * (r as number) + 0.7152 * (g as number) + 0.0722 * (b as number);
}

/** Contrast ratio of two colours, 1 to 21: WCAG 2.2. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `top` over `below` at opacity `alpha`, mixed in sRGB as browsers do. */
export function over(top: Rgb, below: Rgb, alpha: number): Rgb {
  return [0, 1, 2].map((i) =>
    Math.round((below[i] as number) + alpha * ((top[i] as number) - (below[i] as number))),
  ) as unknown as Rgb;
}

/** Read "rrggbb". */
export function hex(text: string): Rgb {
  return [0, 2, 4].map((i) => Number.parseInt(text.slice(i, i + 2), 16)) as unknown as Rgb;
}

const written = new WeakMap<Rgb, string>();
/** Write a colour for CSS; thousands of words have the same. */
export function cssColor(color: Rgb): string {
  let text = written.get(color);
  if (text === undefined) {
    text = `rgb(${color.join(" ")})`;
    written.set(color, text);
  }
  return text;
}

/** Write a pixel of little-endian ImageData for CSS. */
export const cssPixel = (p: number): string => cssColor([p & 255, (p >>> 8) & 255, (p >>> 16) & 255]);

/** An opaque pixel of little-endian ImageData. */
export const pixel = ([r, g, b]: Rgb): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
