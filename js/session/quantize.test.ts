import { describe, expect, test } from "vitest";
import { dequantize, quantize } from "./quantize";

describe("bytes", () => {
  test("follow the protocol", () => {
    expect([0, 0.5, 1, Number.NaN].map((v) => quantize(v, 1, false))).toEqual([0, 127, 254, 255]);
    expect([-2, 0, 2, Number.NaN].map((v) => quantize(v, 2, true))).toEqual([0, 127, 254, 255]);
    expect(quantize(0, 0, false)).toBe(0);
  });
  test("return within half a quantum", () => {
    for (let v = -3; v <= 3; v += 0.0371) {
      expect(Math.abs(dequantize(quantize(v, 3, true), 3, true) - v)).toBeLessThanOrEqual(3 / 254 + 1e-9);
    }
    expect(dequantize(255, 3, true)).toBeNaN();
  });
});
