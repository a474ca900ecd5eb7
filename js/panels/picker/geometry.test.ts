import { describe, expect, test } from "vitest";
import { geometry, headTicks, hit, layerTicks } from "./geometry";

describe("geometry", () => {
  test.each([
    [1, 1],
    [12, 12],
    [30, 9],
    [32, 32],
    [48, 64],
  ])(
    "%d × %d: every cell is hit where it is drawn, and all layers are at most 140 pixels high",
    (layers, heads) => {
      const g = geometry(layers, heads, 150);
      for (let l = 0; l < layers; l++) {
        expect(hit(g, 2, g.top + (l + 0.5) * g.down)).toEqual([l, -1]);
        for (let h = 0; h < heads; h++) {
          expect(hit(g, g.gutter + (h + 0.5) * g.across, g.top + (l + 0.5) * g.down)).toEqual([l, h]);
        }
      }
      expect(hit(g, g.gutter + heads * g.across + 1, g.top + 1)).toBeNull();
      expect(hit(g, 30, g.top + layers * g.down + 1)).toBeNull();
      expect(hit(g, 30, g.top - 1)).toBeNull();
      expect(layers * g.down).toBeLessThanOrEqual(150);
    },
  );
  test("numbers begin at 1 and do not touch", () => {
    const g = geometry(30, 9, 150);
    expect(layerTicks(g).map((l) => l + 1)).toEqual([1, 5, 10, 15, 20, 25, 30]);
    expect(headTicks(g)).toHaveLength(9);
    const large = geometry(48, 32, 150);
    expect(layerTicks(large).map((l) => l + 1)).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    expect(headTicks(large).map((h) => h + 1)).toEqual([1, 5, 10, 15, 20, 25, 30]);
  });
  test("heads that do not fit scroll, and leave the layer numbers in place", () => {
    expect(geometry(12, 12, 150).gutter + 12 * geometry(12, 12, 150).across).toBeLessThanOrEqual(150);
    const wide = geometry(48, 64, 150);
    expect(hit(wide, 100 + 5, 13, 100)).toEqual([0, -1]);
    expect(hit(wide, 100 + wide.gutter + 1, 13, 100)?.[1]).toBe(Math.floor(101 / wide.across));
  });
});
