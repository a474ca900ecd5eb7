import { expect, test } from "vitest";
import { passOn } from "./pass-on";

/** Rows of shares of an answer of `steps` words after `first` tokens, NaN where a token came later. */
function rowsOf(steps: number, first: number): Float32Array[] {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  return Array.from({ length: steps }, (_, step) => {
    const row = Float32Array.from({ length: first + steps - 1 }, (_, i) =>
      i < first + step ? random() ** 4 : Number.NaN,
    );
    const sum = row.reduce((all, v) => all + (Number.isNaN(v) ? 0 : v), 0);
    return row.map((v) => v / sum);
  });
}

/** The sum of the products of shares over all ways from `step` by answer words to `input`. */
function overAllWays(rows: readonly Float32Array[], first: number, step: number, input: number): number {
  let total = rows[step]?.[input] ?? 0;
  for (let by = 0; by < step; by++)
    total += (rows[step]?.[first + by] as number) * overAllWays(rows, first, by, input);
  return total;
}

test("a share is the sum over all ways to the prompt, and rows sum to 1", () => {
  const rows = rowsOf(6, 4);
  passOn(rows, 4).forEach((row, step) => {
    for (let input = 0; input < 4; input++)
      expect(row[input]).toBeCloseTo(overAllWays(rows, 4, step, input), 6);
    row.forEach((v, i) => {
      if (i >= 4) expect(v).toEqual(i < 4 + step ? 0 : Number.NaN);
    });
  });
});

test("a word without scores keeps its share", () => {
  const nothing = Float32Array.of(Number.NaN, Number.NaN, Number.NaN);
  const [empty, kept] = passOn([nothing, Float32Array.of(0.5, 0, 0.5)], 2);
  expect([...(empty as Float32Array)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect([...(kept as Float32Array)]).toEqual([0.5, 0, 0.5]);
});

test("rows that do not sum to 1 are shares of their sum", () => {
  const rows = [Float32Array.of(2, 2, Number.NaN), Float32Array.of(0, 1, 3)];
  expect([...(passOn(rows, 2)[1] as Float32Array)]).toEqual([0.375, 0.625, 0]);
});
