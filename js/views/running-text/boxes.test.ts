import { expect, test } from "vitest";
import { Boxes } from "./boxes";

const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });
const unit = (...rects: object[]) => ({ getClientRects: () => rects }) as unknown as HTMLElement;
const list = (width: number, zoom = 1) =>
  ({
    getBoundingClientRect: () => box(10, 20, width * zoom, 0),
    offsetWidth: width,
  }) as unknown as HTMLElement;

test("units have a box for each line, relative to the list, also on a scaled page", () => {
  const boxes = new Boxes();
  expect(
    boxes.measure(list(100, 2), [unit(box(10, 20, 40, 20)), unit(box(90, 20, 20, 20), box(10, 60, 8, 20))]),
  ).toBe(true);
  expect(boxes.of(0)).toEqual([box(0, 0, 20, 10)]);
  expect(boxes.of(1)).toEqual([box(40, 0, 10, 10), box(0, 20, 4, 10)]);
  expect(boxes.of(7)).toEqual([]);
  expect([boxes.first(1), boxes.first(7)]).toEqual([box(40, 0, 10, 10), undefined]);
});

test("a list that is not laid out leaves the old boxes", () => {
  const boxes = new Boxes();
  boxes.measure(list(100), [unit(box(10, 20, 40, 20))]);
  expect(boxes.measure(list(0), [])).toBe(false);
  expect(boxes.of(0)).toHaveLength(1);
});

test("the units in view are found by their tops", () => {
  const boxes = new Boxes();
  boxes.measure(
    list(100),
    Array.from({ length: 100 }, (_, line) => unit(box(10, 20 + 32 * line, 40, 20))),
  );
  const [first, end] = boxes.between(640, 960);
  expect(first).toBeLessThanOrEqual(19);
  expect(first).toBeGreaterThan(16);
  expect(end).toBe(30);
  expect(boxes.between(0, 1e9)).toEqual([0, 100]);
});
