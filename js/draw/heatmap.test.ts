import { describe, expect, test } from "vitest";
import { clampOffset, levelFor, paint, reveal, visible, zoomAt } from "./heatmap";
import { Pyramid } from "./pyramid";

const identity = Uint32Array.from({ length: 256 }, (_, q) => q + 1);

describe("paint", () => {
  const base = { width: 2, height: 2, values: Uint8Array.from([1, 2, 3, 255]) };

  test("enlarges without blending", () => {
    const pixels = new Uint32Array(16);
    const axis = { offset: 0, scale: 2 };
    paint(pixels, 4, 4, new Pyramid(base, false), axis, axis, identity, null);
    expect([...pixels]).toEqual([2, 2, 3, 3, 2, 2, 3, 3, 4, 4, 0, 0, 4, 4, 0, 0]);
  });

  test("leaves what is outside clear, and follows the offset", () => {
    const pixels = new Uint32Array(8).fill(9);
    paint(
      pixels,
      4,
      2,
      new Pyramid(base, false),
      { offset: 2, scale: 2 },
      { offset: 1, scale: 2 },
      identity,
      null,
    );
    expect([...pixels]).toEqual([3, 3, 0, 0, 0, 0, 0, 0]);
  });

  test("a single peak survives any reduction", () => {
    const values = new Uint8Array(1000 * 700);
    values[437 * 1000 + 613] = 254;
    const pyramid = new Pyramid({ width: 1000, height: 700, values }, false);
    for (const scale of [0.9, 0.5, 0.31, 0.07]) {
      const [w, h] = [Math.ceil(1000 * scale), Math.ceil(700 * scale)];
      const pixels = new Uint32Array(w * h);
      paint(pixels, w, h, pyramid, { offset: 0, scale }, { offset: 0, scale }, identity, null);
      expect(pixels.includes(255)).toBe(true);
    }
  });

  test("holes are dotted and hidden rows hatched", () => {
    const pyramid = new Pyramid({ width: 1, height: 2, values: Uint8Array.from([255, 7]) }, false);
    const axis = { offset: 0, scale: 12 };
    const pixels = new Uint32Array(12 * 24);
    paint(pixels, 12, 24, pyramid, axis, axis, identity, Uint8Array.from([0, 1]));
    const count = (from: number) => pixels.subarray(from, from + 144).filter((p) => p === 256).length;
    expect(count(0)).toBe(9);
    expect(count(144)).toBe(24);
    expect(pixels.includes(8)).toBe(false);
  });
});

describe("zoom and pan", () => {
  test("what is under the pointer stays under it", () => {
    const axis = { offset: 120, scale: 5 };
    const next = zoomAt(axis, 80, 1.5, 1, 100);
    expect(next.scale).toBe(7.5);
    expect((next.offset + 80) / next.scale).toBeCloseTo((120 + 80) / 5, 9);
    expect(zoomAt(axis, 80, 1000, 1, 24).scale).toBe(24);
    expect(zoomAt(axis, 80, 0.001, 2, 24).scale).toBe(2);
  });

  test("offsets stay inside, cells are brought into view by the shortest way", () => {
    expect(clampOffset(-4, 10, 20, 50)).toBe(0);
    expect(clampOffset(900, 10, 20, 50)).toBe(150);
    expect(clampOffset(30, 10, 3, 50)).toBe(0);
    expect(reveal({ offset: 100, scale: 10 }, 3, 50)).toBe(30);
    expect(reveal({ offset: 100, scale: 10 }, 17, 50)).toBe(130);
    expect(reveal({ offset: 100, scale: 10 }, 12, 50)).toBe(100);
  });

  test("visible cells", () => {
    expect(visible({ offset: 25, scale: 10 }, 100, 40)).toEqual([2, 7]);
    expect(visible({ offset: 0, scale: 10 }, 3, 400)).toEqual([0, 3]);
  });

  test("levels keep a pixel for each cell", () => {
    expect([2, 1, 0.6, 0.5, 0.3, 0.1].map(levelFor)).toEqual([0, 0, 1, 1, 2, 4]);
  });
});
