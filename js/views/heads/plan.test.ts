import { expect, test } from "vitest";
import { corner, extent, headAt, planOf } from "./plan";

test("the pictures of SmolLM2 fill the room, and each number is a pixel or a weight", () => {
  const plan = planOf(500, [30, 9], [24, 60], 1);
  expect(plan).toEqual({ layers: 30, heads: 9, width: 48, height: 19, rows: 19, cols: 48 });
  expect(extent(plan)[0]).toBeLessThanOrEqual(500);
});

test("a short text has a picture element for each weight", () => {
  expect(planOf(900, [2, 2], [3, 5], 2)).toMatchObject({ width: 140, height: 84, rows: 3, cols: 5 });
});

test("all pictures of many heads fit one answer, and are never too narrow to point at", () => {
  const plan = planOf(420, [80, 64], [200, 4096], 2);
  expect(plan.width).toBe(12);
  expect(plan.layers * plan.heads * plan.rows * plan.cols).toBeLessThanOrEqual(512 * 1024);
  expect(plan.rows).toBeGreaterThan(0);
});

test("a point is that of the picture there", () => {
  const plan = planOf(500, [30, 9], [24, 60], 1);
  const [x, y] = corner(plan, [3, 8]);
  expect(headAt(plan, x + 1, y + 1)).toEqual([3, 8]);
  expect([headAt(plan, 2, y), headAt(plan, x, 2), headAt(plan, x + 60, y)]).toEqual([null, null, null]);
});
