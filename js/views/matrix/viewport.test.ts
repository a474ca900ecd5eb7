import { describe, expect, test } from "vitest";
import type { Shape } from "../../scores/shape";
import { bodyBottom, layoutOf, room, startScale } from "./layout";
import { Viewport } from "./viewport";

const shape = (rows: number, columns: number): Shape => ({
  starts: Array.from({ length: rows }, (_, i) => i),
  ends: Array.from({ length: rows }, (_, i) => i + 1),
  rowText: [],
  steps: Array.from({ length: columns }, (_, s) => [s]),
  columnText: [],
  probability: [],
  breaks: [rows - columns + 1],
  titles: [],
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
