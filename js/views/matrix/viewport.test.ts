import { describe, expect, test } from "vitest";
import type { Shape } from "../../scores/shape";
import { bodyBottom, headings, layout, limits, room, runs, spotAt, startScale, truncate } from "./layout";
import { blocks } from "./load";
import { Stage } from "./viewport";

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
const staged = (rows: number, columns: number): Stage => {
  const stage = new Stage();
  stage.resize(shape(rows, columns), 760, 90);
  return stage;
};

describe("start", () => {
  test("a short text is at its natural size and cannot be zoomed out", () => {
    const stage = staged(10, 5);
    expect(stage.across.scale).toBe(92);
    expect(stage.down.scale).toBe(26);
    expect(stage.can()).toEqual({ nearer: false, farther: false, whole: false });
    expect(bodyBottom(stage.l, stage.down) + stage.l.foot).toBeLessThanOrEqual(stage.l.height);
  });
  test("a middling text still prints its numbers", () => {
    expect(staged(59, 20).printed().length).toBeGreaterThan(5);
  });
  test("a long text is whole at first", () => {
    const stage = staged(1200, 200);
    const [wide, tall] = room(stage.l);
    expect(stage.across.scale * 200).toBeCloseTo(wide, 6);
    expect(stage.down.scale * 1200).toBeCloseTo(tall, 6);
    expect(stage.can()).toEqual({ nearer: true, farther: false, whole: true });
    expect(stage.printed()).toEqual([]);
  });
  test("one cell, and no room at all", () => {
    expect(staged(1, 1).across.scale).toBe(92);
    const none = layout(0, 0, 5, 5, 92);
    expect(startScale(none).every(Number.isFinite)).toBe(true);
  });
});

describe("stage", () => {
  test("zooms to where numbers can be read, and back", () => {
    const stage = staged(1200, 200);
    for (let i = 0; i < 20; i++) stage.zoom(1.6, 400, 200);
    expect([stage.across.scale, stage.down.scale]).toEqual([92, 26]);
    expect(stage.printed().length).toBeGreaterThan(3);
    for (let i = 0; i < 30; i++) stage.zoom(1 / 1.6);
    expect(stage.can().farther).toBe(false);
    expect([stage.across.offset, stage.down.offset]).toEqual([0, 0]);
  });
  test("toggles between the whole and the size of reading", () => {
    const stage = staged(1200, 200);
    stage.toggleWhole();
    expect(stage.down.scale).toBe(26);
    stage.toggleWhole();
    expect(stage.can().farther).toBe(false);
  });
  test("reveals the cursor, the row of probabilities included", () => {
    const stage = staged(1200, 200);
    stage.toggleWhole();
    stage.reveal({ row: 1200, column: 199 });
    const [, tall] = room(stage.l);
    expect(stage.down.offset + tall).toBeCloseTo(1200 * 26, 6);
  });
  test("keeps what it shows when the width changes, starts anew with a new shape", () => {
    const stage = new Stage();
    const one = shape(1200, 200);
    stage.resize(one, 760, 90);
    stage.toggleWhole();
    stage.resize(one, 700, 90);
    expect(stage.down.scale).toBe(26);
    stage.resize(shape(1200, 200), 700, 90);
    expect(stage.down.scale).toBeLessThan(1);
  });
  test("ignores the page's rounding of a scroll", () => {
    const stage = staged(1200, 200);
    stage.toggleWhole();
    stage.place({ ...stage.across, offset: 100.4 }, { ...stage.down, offset: 50.6 });
    stage.scrolled(100, 400);
    expect([stage.across.offset, stage.down.offset]).toEqual([100.4, 400]);
  });
});

test("spots", () => {
  const l = layout(760, 90, 10, 5, 92);
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
    const { across, down } = limits(layout(760, 90, rows, columns, 92));
    for (const [least, most, natural] of [across, down]) {
      expect(least).toBeLessThanOrEqual(natural);
      expect(natural).toBeLessThanOrEqual(most);
    }
  }
});

test("blocks respect the size of an answer", () => {
  const made = blocks(
    Array.from({ length: 200 }, (_, i) => i),
    1200,
  );
  expect(made.map((b) => b.length)).toEqual([109, 91]);
  expect(blocks([0, 1], 200_000)).toEqual([[0], [1]]);
});
