import { describe, expect, test } from "vitest";
import { combine, greatest, massOf, toUnits, unitScores, withoutHidden } from "./combine";

const row = (...values: number[]) => Float32Array.from(values);
const nan = Number.NaN;
const rounded = (values: Float32Array) =>
  [...values].map((v) => (Number.isNaN(v) ? null : Number(v.toFixed(5))));

describe("combine", () => {
  const rows = [row(0.5, 0.5, nan, nan), row(0.2, 0.3, 0.5, nan)];
  test("the mean of shares still sums to 1", () => {
    expect(rounded(combine(rows, "mean"))).toEqual([0.35, 0.4, 0.25, null]);
  });
  test("sum", () => {
    expect(rounded(combine(rows, "sum"))).toEqual([0.7, 0.8, 0.5, null]);
  });
  test("one step is itself, none is nothing", () => {
    expect(combine([rows[0] as Float32Array], "mean")).toBe(rows[0]);
    expect(combine([], "mean")).toHaveLength(0);
  });
});

test("units add their tokens up", () => {
  expect(rounded(toUnits(row(0.1, 0.2, 0.3, nan, nan), [0, 1, 3, 4], [1, 3, 4, 5]))).toEqual([
    0.1,
    0.5,
    null,
    null,
  ]);
  expect(rounded(toUnits(row(0.1, nan), [0], [2]))).toEqual([0.1]);
});

test("hidden inputs leave, and may leave their share to the others", () => {
  const hidden = Uint8Array.from([1, 0, 0, 0]);
  expect(rounded(withoutHidden(row(0.8, 0.15, 0.05, nan), hidden, false))).toEqual([null, 0.15, 0.05, null]);
  expect(rounded(withoutHidden(row(0.8, 0.15, 0.05, nan), hidden, true))).toEqual([null, 0.75, 0.25, null]);
  expect(rounded(withoutHidden(row(1, 0, 0, nan), hidden, true))).toEqual([null, 0, 0, null]);
});

test("greatest", () => {
  expect(greatest(row(0.25, -0.75, nan))).toBe(0.75);
  expect(greatest(row(nan))).toBe(0);
});

test("scores of units: steps joined, tokens added up, hidden units apart", () => {
  const rows = [row(0.5, 0.5, nan), row(0.2, 0.3, 0.5)];
  const options = { hidden: Uint8Array.from([1, 0]), renormalize: true, spanRule: "sum" } as const;
  const { all, shown } = unitScores(rows, [0, 1], [1, 3], options);
  expect(rounded(all)).toEqual([0.7, 1.3]);
  expect(rounded(shown)).toEqual([null, 2]);
});

test("the tokens of a unit become one by their sum, their mean, or the strongest", () => {
  const row = Float32Array.of(0.5, -0.75, Number.NaN, 0.25);
  const read = (rule: "sum" | "mean" | "max") => [...toUnits(row, [0, 3], [3, 4], rule)];
  expect([read("sum"), read("mean"), read("max")]).toEqual([
    [-0.25, 0.25],
    [-0.125, 0.25],
    [-0.75, 0.25],
  ]);
});

test("what all numbers of a row add up to", () => {
  expect(massOf(Float32Array.of(0.5, -0.75, 0, Number.NaN))).toEqual({ count: 3, sum: -0.25, total: 1.25 });
});
