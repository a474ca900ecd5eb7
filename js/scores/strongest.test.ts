import { expect, test } from "vitest";
import { strongest } from "./strongest";

const values = Float32Array.of(0.1, -0.6, 0, 0.3, Number.NaN);

test("the greatest magnitudes come first, zeros and missing numbers not at all", () => {
  expect(strongest(values, 2)).toEqual([1, 3]);
  expect(strongest(values, 9)).toEqual([1, 3, 0]);
});
