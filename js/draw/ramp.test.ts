import { describe, expect, test } from "vitest";
import { contrast, ground, ink, luminance, over, type Rgb, type Theme } from "./color";
import { diverging, faded, sequential, tint } from "./ramp";

const themes: readonly Theme[] = ["light", "dark"];
const channels = (p: number): Rgb => [p & 255, (p >>> 8) & 255, (p >>> 16) & 255];
const ascending = (values: readonly number[]): boolean =>
  values.every((v, i) => i === 0 || v > (values[i - 1] as number));

describe.each(themes)("%s", (theme) => {
  const away = theme === "light" ? -1 : 1;

  test("text keeps 4.5:1 on every colour it may stand on", () => {
    for (const ramp of [sequential(theme), diverging(theme)]) {
      for (let q = 0; q < 255; q++) {
        expect(contrast(channels(ramp.table[q] as number), ink[theme])).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  test("lightness only ever moves away from the ground", () => {
    for (const ramp of [sequential(theme), sequential(theme, "blue")]) {
      expect(ramp.stops.length).toBeGreaterThanOrEqual(17);
      expect(ascending(ramp.stops.map((c) => away * luminance(c)))).toBe(true);
    }
    const stops = diverging(theme).stops.map((c) => away * luminance(c));
    expect(stops).toHaveLength(19);
    expect(ascending(stops.slice(9))).toBe(true);
    expect(ascending(stops.slice(0, 10).reverse())).toBe(true);
  });

  test("the middle of the diverging ramp has no hue", () => {
    const [r, g, b] = channels(diverging(theme).table[127] as number);
    expect([g, b]).toEqual([r, r]);
  });

  test("the two ends of the diverging ramp differ for a reader without red or green cones", () => {
    const [low, high] = [diverging(theme).stops[0] as Rgb, diverging(theme).stops[18] as Rgb];
    expect(Math.abs(low[2] - high[2])).toBeGreaterThan(120);
  });

  test("css and table agree, and clamp", () => {
    const ramp = sequential(theme);
    expect(ramp.css(1)).toBe(`rgb(${channels(ramp.table[254] as number).join(" ")})`);
    expect(ramp.css(7)).toBe(ramp.css(1));
    expect(ramp.css(-1)).toBe(ramp.css(0));
    const two = diverging(theme);
    expect(two.css(-1)).toBe(`rgb(${channels(two.table[0] as number).join(" ")})`);
    expect(two.css(0)).toBe(`rgb(${channels(two.table[127] as number).join(" ")})`);
    expect((ramp.table[17] as number) >>> 24).toBe(255);
  });

  test("tints take the greatest opacity that keeps 4.5:1", () => {
    for (const { rgb, alpha } of Object.values(tint(theme))) {
      expect(contrast(ink[theme], over(rgb, ground[theme], alpha))).toBeGreaterThanOrEqual(4.5);
      if (alpha < 1) expect(contrast(ink[theme], over(rgb, ground[theme], alpha + 0.01))).toBeLessThan(4.5);
      expect(alpha).toBeGreaterThan(0.5);
    }
  });
});

test("a faded table uses the ramp up to the intensity, and keeps the glyph", () => {
  const ramp = sequential("light");
  const table = faded(ramp, false, 0.5);
  expect([table[0], table[100], table[254], table[255]]).toEqual([0, 50, 127, 255].map((q) => ramp.table[q]));
  expect(faded(diverging("dark"), true, 1)).toEqual(diverging("dark").table);
  const half = faded(diverging("dark"), true, 0.5);
  expect([half[0], half[127], half[254]]).toEqual([64, 127, 191].map((q) => diverging("dark").table[q]));
});
