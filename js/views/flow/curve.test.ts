import { expect, test } from "vitest";
import { type Curve, curveBetween, distance } from "./curve";

const box = (left: number, top: number) => ({ left, top, width: 40, height: 20 });
const at = ([x0, y0, x1, y1, x2, y2, x3, y3]: Curve, t: number) => {
  const mix = (a: number, b: number, c: number, d: number) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t ** 3 * d;
  return [mix(x0, x1, x2, x3), mix(y0, y1, y2, y3)] as const;
};

test("on one line an arc rises over the words, the more the farther, but never into the line above", () => {
  const rise = (dx: number) => 100 - at(curveBetween(box(0, 100), box(dx, 100)), 0.5)[1];
  expect(rise(50)).toBeGreaterThan(8);
  expect(rise(120)).toBeGreaterThan(rise(50));
  expect(rise(5000)).toBeLessThan(32);
});

test("from a line above it leaves below the word and arrives above the other", () => {
  const curve = curveBetween(box(0, 0), box(200, 100));
  expect([curve[0], curve[1], curve[6], curve[7]]).toEqual([20, 23, 220, 97]);
  const back = curveBetween(box(200, 100), box(0, 0), 5);
  expect([back[0], back[1], back[6], back[7]]).toEqual([225, 97, 25, 23]);
});

test("the distance is that of the nearest point, within a pixel", () => {
  const curve = curveBetween(box(0, 0), box(200, 100));
  const points = Array.from({ length: 2001 }, (_, k) => at(curve, k / 2000));
  for (const [x, y] of [
    [20, 25],
    [100, 50],
    [130, 80],
    [160, 40],
  ] as const) {
    const exact = Math.min(...points.map(([px, py]) => Math.hypot(px - x, py - y)));
    expect(Math.abs(distance(curve, x, y, 100) - exact)).toBeLessThan(1);
  }
  expect(distance(curve, 600, 50, 6)).toBe(Number.POSITIVE_INFINITY);
});
