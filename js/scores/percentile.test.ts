import { expect, test } from "vitest";
import { percentile } from "./percentile";

const row = (...values: number[]) => Float32Array.from(values);
const nan = Number.NaN;

test("the percentile leaves out one in a hundred, and nothing of a few", () => {
  const values = Float32Array.from({ length: 201 }, (_, i) => (i % 2 ? -i : i));
  expect(percentile([values], 0.99)).toBe(198);
  expect(percentile([values.subarray(0, 50), null, row(nan, 7)], 0.99)).toBe(49);
  expect(percentile([], 0.99)).toBe(0);
});
