import { expect, test } from "vitest";
import { contrast, cssColor, cssPixel, hex, over, pixel } from "./color";

test("contrast is WCAG's", () => {
  expect(contrast([255, 255, 255], [0, 0, 0])).toBeCloseTo(21, 6);
  expect(contrast(hex("767676"), [255, 255, 255])).toBeCloseTo(4.54, 2);
});

test("mixing follows the opacity", () => {
  expect(over([200, 100, 0], [0, 100, 200], 0)).toEqual([0, 100, 200]);
  expect(over([200, 100, 0], [0, 100, 200], 0.25)).toEqual([50, 100, 150]);
});

test("a colour keeps its value as hexadecimal, CSS and pixel", () => {
  expect(hex("8b5cf6")).toEqual([139, 92, 246]);
  expect(cssPixel(pixel([139, 92, 246]))).toBe(cssColor([139, 92, 246]));
  expect(pixel([0, 0, 0]) >>> 24).toBe(255);
});
