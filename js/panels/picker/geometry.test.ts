import { describe, expect, test } from "vitest";
import { geometry, hit, numbered } from "./geometry";

describe("geometry", () => {
  test.each([
    [1, 1],
    [12, 12],
    [32, 32],
    [48, 64],
  ])("%d × %d: every cell is hit where it is drawn", (layers, heads) => {
    const g = geometry(layers, heads, 234);
    for (let l = 0; l < layers; l++) {
      expect(hit(g, 2, (l + 0.5) * g.down)).toEqual([l, -1]);
      for (let h = 0; h < heads; h++) {
        expect(hit(g, g.gutter + (h + 0.5) * g.across, (l + 0.5) * g.down)).toEqual([l, h]);
      }
    }
    expect(hit(g, g.gutter + heads * g.across + 1, 1)).toBeNull();
    expect(hit(g, 30, layers * g.down + 1)).toBeNull();
    expect(g.across).toBeGreaterThanOrEqual(6);
    expect(numbered(g).length * 10).toBeLessThanOrEqual(Math.max(10, layers * g.down + 10));
  });
  test("12 × 12 fits the panel; scrolled cells leave the layer numbers in place", () => {
    const g = geometry(12, 12, 234);
    expect(g.gutter + 12 * g.across).toBeLessThanOrEqual(234);
    const wide = geometry(48, 64, 234);
    expect(hit(wide, 100 + 5, 1, 100)).toEqual([0, -1]);
    expect(hit(wide, 100 + wide.gutter + 1, 1, 100)?.[1]).toBe(Math.floor(101 / wide.across));
  });
});
