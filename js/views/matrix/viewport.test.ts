import { describe, expect, test } from "vitest";
import type { Shape } from "../../scores/shape";
import { bodyBottom, headings, layoutOf, limits, room, runs, spotAt, startScale, truncate } from "./layout";
import { Viewport } from "./viewport";

const shape = (rows: number, columns: number): Shape => ({
  starts: Array.from({ length: rows }, (_, i) => i),
  ends: Array.from({ length: rows }, (_, i) => i + 1),
  rowText: [],
  steps: Array.from({ length: columns }, (_, s) => [s]),
  columnText: [],
  probability: [],
  breaks: [rows - columns + 1],
  firstStep: rows - columns + 1,
  inputs: rows,
});
const placed = (rows: number, columns: number): Viewport => {
  const viewport = new Viewport();
  viewport.resize(shape(rows, columns), 760, 90);
  return viewport;
};

describe("start", () => {
  test("a short text is at its natural size and cannot be zoomed out", () => {
    const viewport = placed(10, 5);
    expect(viewport.across.scale).toBe(92);
    expect(viewport.down.scale).toBe(26);
    expect(viewport.can()).toEqual({ nearer: false, farther: false, whole: false });
    expect(bodyBottom(viewport.layout, viewport.down) + viewport.layout.foot).toBeLessThanOrEqual(
      viewport.layout.height,
    );
  });
  test("a middling text still prints its numbers", () => {
    expect(placed(59, 20).printed().length).toBeGreaterThan(5);
  });
  test("a long text is whole at first", () => {
    const viewport = placed(1200, 200);
    const [wide, tall] = room(viewport.layout);
    expect(viewport.across.scale * 200).toBeCloseTo(wide, 6);
    expect(viewport.down.scale * 1200).toBeCloseTo(tall, 6);
    expect(viewport.can()).toEqual({ nearer: true, farther: false, whole: true });
    expect(viewport.printed()).toEqual([]);
  });
  test("one cell, and no room at all", () => {
    expect(placed(1, 1).across.scale).toBe(92);
    const none = layoutOf(0, 0, 5, 5, 92);
    expect(startScale(none).every(Number.isFinite)).toBe(true);
  });
});

describe("viewport", () => {
  test("zooms to where numbers can be read, and back", () => {
    const viewport = placed(1200, 200);
    for (let i = 0; i < 20; i++) viewport.zoom(1.6, 400, 200);
    expect([viewport.across.scale, viewport.down.scale]).toEqual([92, 26]);
    expect(viewport.printed().length).toBeGreaterThan(3);
    for (let i = 0; i < 30; i++) viewport.zoom(1 / 1.6);
    expect(viewport.can().farther).toBe(false);
    expect([viewport.across.offset, viewport.down.offset]).toEqual([0, 0]);
  });
  test("toggles between the whole and the size of reading", () => {
    const viewport = placed(1200, 200);
    viewport.toggleWhole();
    expect(viewport.down.scale).toBe(26);
    viewport.toggleWhole();
    expect(viewport.can().farther).toBe(false);
  });
  test("reveals the cursor, the row of probabilities included", () => {
    const viewport = placed(1200, 200);
    viewport.toggleWhole();
    viewport.reveal({ row: 1200, column: 199 });
    const [, tall] = room(viewport.layout);
    expect(viewport.down.offset + tall).toBeCloseTo(1200 * 26, 6);
  });
  test("keeps what it shows when the width changes, starts anew with a new shape", () => {
    const viewport = new Viewport();
    const one = shape(1200, 200);
    viewport.resize(one, 760, 90);
    viewport.toggleWhole();
    viewport.resize(one, 700, 90);
    expect(viewport.down.scale).toBe(26);
    viewport.resize(shape(1200, 200), 700, 90);
    expect(viewport.down.scale).toBeLessThan(1);
  });
  test("ignores the page's rounding of a scroll", () => {
    const viewport = placed(1200, 200);
    viewport.toggleWhole();
    viewport.place({ ...viewport.across, offset: 100.4 }, { ...viewport.down, offset: 50.6 });
    viewport.scrolled(100, 400);
    expect([viewport.across.offset, viewport.down.offset]).toEqual([100.4, 400]);
  });
});

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

test("headings thin out, runs join, text is cut with an ellipsis", () => {
  expect(headings({ offset: 0, scale: 5 }, 100, 50, 15)).toEqual([0, 3, 6, 9]);
  expect(headings({ offset: 40, scale: 20 }, 100, 40, 15)).toEqual([2, 3]);
  expect(runs([7, 3, 2, 4])).toEqual([
    [2, 4],
    [7, 7],
  ]);
  const measure = (text: string) => Array.from(text).length;
  expect(truncate("Washington", 6, measure)).toBe("Washi…");
  expect(truncate("東京🏯城下", 4, measure)).toBe("東京🏯…");
  expect(truncate("is", 6, measure)).toBe("is");
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
