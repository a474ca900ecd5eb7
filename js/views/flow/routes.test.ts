import { expect, test } from "vitest";
import type { Arc, Arcs } from "./arcs";
import { routesOf } from "./routes";

/** Ten words a line, lines 50 apart: unit 0 is at the left end of the first line. */
const boxOf = (u: number) => ({ left: (u % 10) * 60, top: Math.floor(u / 10) * 50, width: 40, height: 20 });
const arc = (from: number, to: number, more: Partial<Arc> = {}): Arc => ({
  from,
  to,
  number: 0.1,
  share: 0.5,
  negative: false,
  head: -1,
  sink: false,
  ...more,
});
const sight = (top: number, bottom: number) => ({ top, bottom, labels: [top + 40, bottom - 40] as const });
const routes = (list: Arc[], [top, bottom] = [0, 500], of: Arcs["of"] = "word", heads = 0) =>
  routesOf({ list, of }, boxOf, sight(top as number, bottom as number), heads);

test("between words in sight, with the number where the arc is not", () => {
  const [down, along] = routes([arc(0, 35), arc(31, 35)]);
  expect([down?.edge, down?.curve.slice(0, 2), down?.curve.slice(6)]).toEqual([0, [20, 23], [320, 147]]);
  expect(down?.label).toEqual({ x: 20, y: -8, outside: false });
  expect(along?.label).toEqual({ x: 80, y: 179, outside: false });
});

test("an input out of sight ends at the edge, over the place where it is", () => {
  const [above] = routes([arc(3, 95)], [200, 600]);
  expect([above?.edge, above?.point, above?.curve.slice(0, 1)]).toEqual([-1, [200, 205], [200]]);
  expect(above?.label).toEqual({ x: 200, y: 240, outside: true });
  const [below] = routes([arc(3, 95)], [0, 300]);
  expect([below?.edge, below?.point]).toEqual([1, [320, 295]]);
  expect(below?.label).toEqual({ x: 200, y: -8, outside: false });
});

test("arcs that end at an edge near one another are one, with all their inputs; others are not", () => {
  const found = routes([arc(3, 95), arc(13, 95), arc(8, 95), arc(23, 95, { negative: true })], [200, 600]);
  expect(found.map(({ arcs }) => arcs.map(({ from }) => from))).toEqual([[3, 13], [8], [23]]);
});

test("what has no end in sight, or no place on the page, has no route", () => {
  expect(routes([arc(3, 95)], [100, 300])).toEqual([]);
  const hidden = routesOf(
    { list: [arc(1, 5)], of: "word" },
    (u) => (u === 1 ? undefined : boxOf(u)),
    sight(0, 9),
  );
  expect(hidden).toEqual([]);
});

test("heads run side by side, the sink beside the others; the bundle has no numbers", () => {
  const starts = routes(
    [0, 1, 2].map((head) => arc(0, 35, { head })),
    [0, 500],
    "word",
    3,
  );
  expect(starts.map(({ curve }) => curve[0])).toEqual([17, 20, 23]);
  expect(routes([arc(0, 35, { sink: true })])[0]?.curve[0]).toBe(17);
  expect(routes([arc(0, 35)], [0, 500], "all")[0]?.label).toBeNull();
});

test("thousands of inputs out of sight are a few routes", () => {
  const many = Array.from({ length: 3000 }, (_, u) => arc(u, 3005));
  expect(routes(many, [14_900, 15_400]).length).toBeLessThan(130);
});
