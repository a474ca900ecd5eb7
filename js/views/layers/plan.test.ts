import { expect, test } from "vitest";
import { extent, gutter, head, inView, planOf, reveal, spotAt } from "./plan";

test("few steps fill the view, many scroll, and few layers are no taller than they need", () => {
  const few = planOf(630, 4, 6);
  expect([few.across, few.down, few.height]).toEqual([99, 20, head + 81]);
  const many = planOf(630, 48, 4096);
  expect([many.across, many.down, many.height]).toEqual([62, 15, 500]);
  expect(extent(many)).toEqual([gutter + 4096 * 62 + 1, head + 48 * 15 + 1]);
});

test("the cell at a point, scrolled", () => {
  const p = planOf(630, 30, 100);
  expect(spotAt(p, 0, 0, gutter + 1, head + 1)).toEqual({ layer: 0, step: 0 });
  expect(spotAt(p, 2 * p.across, p.down, gutter + 1, head + 1)).toEqual({ layer: 1, step: 2 });
  expect(spotAt(p, 0, 40, gutter + 1, 3)).toEqual({ layer: -1, step: 0 });
  expect(spotAt(p, 0, 0, 5, head + 1)).toBeNull();
  expect(spotAt(planOf(630, 2, 1), 0, 0, 600, head + 1)).toBeNull();
});

test("what is in view, and how far to scroll for what is not", () => {
  expect(inView(95, 50, 100, 120)).toEqual([1, 5]);
  expect(inView(0, 50, 2, 400)).toEqual([0, 2]);
  expect([reveal(0, 50, 9, 120), reveal(450, 50, 2, 120), reveal(60, 50, 2, 120)]).toEqual([380, 100, 60]);
});
