import { expect, test } from "vitest";
import { disagreement, highest, kendallTau } from "./disagreement";

const row = (...values: number[]) => Float32Array.from(values);

test("Kendall's tau-b as SciPy gives it, with ties and numbers that are missing", () => {
  // scipy.stats.kendalltau
  expect(kendallTau(row(1, 2, 3, 4, 5), row(2, 1, 4, 3, 5))).toBeCloseTo(0.6, 6);
  expect(kendallTau(row(1, 2, 2, 3), row(1, 3, 2, 2))).toBeCloseTo(0.4, 6);
  expect(kendallTau(row(1, 1, 2, 2, 3), row(5, 4, 4, 2, 1))).toBeCloseTo(-0.824958, 6);
  expect(kendallTau(row(1, Number.NaN, 2, 3), row(3, 0, Number.NaN, 1))).toBeCloseTo(-1, 6);
});

test("constant scores agree and disagree with none", () => {
  expect(kendallTau(row(1, 1, 1), row(1, 2, 3))).toBeNaN();
  expect(disagreement(row(1, 1, 1), false, row(1, 2, 3))).toBeNull();
});

test("the input that leaving one out puts first is given only where the orders part", () => {
  expect(disagreement(row(4, 3, 2, 1), false, row(0.4, 0.3, 0.2, 0.1))).toBeNull();
  expect(disagreement(row(4, 3, 2, 1), false, row(0.1, 0.2, 0.3, 0.4))).toBe(3);
});

test("signed scores are compared by value, others by size", () => {
  const other = row(-0.4, -0.3, 0.2, 0.1);
  expect(disagreement(row(4, 3, 2, 1), false, other)).toBeNull();
  expect(disagreement(row(4, 3, 2, 1), true, other)).toBe(2);
});

test("the highest of several numbers, none of nothing", () => {
  expect(highest(row(Number.NaN, -2, -1))).toBe(2);
  expect(highest(row(Number.NaN))).toBeNull();
});
