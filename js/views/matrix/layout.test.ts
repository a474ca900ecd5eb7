import { expect, test } from "vitest";
import { bodyBottom, headings, layoutOf, limits, runs, spotAt, ticked, ticks } from "./layout";

test("spots", () => {
  const l = layoutOf(760, 90, 10, 5, 92);
  const [across, down] = [
    { offset: 0, scale: 92 },
    { offset: 0, scale: 26 },
  ];
  const at = (x: number, y: number) => spotAt(l, across, down, x, y);
  expect(at(l.gutter + 95, l.head + 30)).toEqual({ zone: "cell", row: 1, column: 1 });
  expect(at(l.gutter + 5, 5)).toEqual({ zone: "column", row: -1, column: 0 });
  expect(at(5, l.head + 5)).toEqual({ zone: "row", row: 0, column: -1 });
  expect(at(l.gutter + 5, bodyBottom(l, down) + 4)).toEqual({ zone: "probability", row: 10, column: 0 });
  expect(at(l.gutter + 92 * 5 + 3, l.head + 5)).toBeNull();
  expect(at(5, 5)).toBeNull();
});

test("headings thin out, runs join", () => {
  expect(headings({ offset: 0, scale: 5 }, 100, 50, 15)).toEqual([0, 3, 6, 9]);
  expect(headings({ offset: 40, scale: 20 }, 100, 40, 15)).toEqual([2, 3]);
  expect(runs([7, 3, 2, 4])).toEqual([
    [2, 4],
    [7, 7],
  ]);
});

test("limits stay in order", () => {
  for (const [rows, columns] of [
    [1, 1],
    [10, 5],
    [4096, 2000],
  ] as const) {
    const { across, down } = limits(layoutOf(760, 90, rows, columns, 92));
    for (const [least, most, natural] of [across, down]) {
      expect(least).toBeLessThanOrEqual(natural);
      expect(natural).toBeLessThanOrEqual(most);
    }
  }
});

test("many small cells have ticks at round positions, with room between them", () => {
  expect([
    ticked({ offset: 0, scale: 8 }, 80),
    ticked({ offset: 0, scale: 16 }, 80),
    ticked({ offset: 0, scale: 8 }, 60),
  ]).toEqual([true, false, false]);
  expect(ticks({ offset: 0, scale: 8 }, 80, 400)).toEqual([9, 19, 29, 39, 49]);
  expect(ticks({ offset: 100, scale: 0.5 }, 1000, 400)).toEqual([299, 399, 499, 599, 699, 799, 899, 999]);
});
