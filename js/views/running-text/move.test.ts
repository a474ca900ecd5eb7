import { expect, test } from "vitest";
import { destination, vertical } from "./move";

/** Three lines: units 0–2, 3–4, 5–7. */
const boxes = [
  [0, 0],
  [40, 0],
  [80, 0],
  [0, 32],
  [70, 32],
  [0, 64],
  [40, 64],
  [200, 64],
].map(([left, top]) => ({ left: left as number, top: top as number, width: 30, height: 20 }));
const go = (from: number, step: -1 | 1) => vertical(from, step, boxes.length, (u) => boxes[u]);

test("the nearest word of the next line", () => {
  expect([go(0, 1), go(2, 1), go(4, 1), go(7, -1), go(5, -1), go(4, -1)]).toEqual([3, 4, 6, 4, 3, 2]);
});

test("no line above the first or below the last", () => {
  expect([go(1, -1), go(6, 1)]).toEqual([1, 6]);
});

test("keys move along the text, and against it where it runs from right to left", () => {
  const to = (key: string, rightToLeft = false, more = {}) =>
    destination(
      { key, altKey: false, ctrlKey: false, metaKey: false, ...more },
      3,
      boxes.length,
      rightToLeft,
      (u) => boxes[u],
    );
  expect([to("ArrowRight"), to("ArrowLeft"), to("ArrowRight", true), to("ArrowLeft", true)]).toEqual([
    4, 2, 2, 4,
  ]);
  expect([to("ArrowUp"), to("ArrowDown"), to("Home"), to("End")]).toEqual([0, 5, 0, 7]);
  expect([to("a"), to("ArrowRight", false, { ctrlKey: true })]).toEqual([null, null]);
});
