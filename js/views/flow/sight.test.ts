import { expect, test } from "vitest";
import type { Boxes } from "../running-text/boxes";
import { sightOf } from "./sight";

/** Lines 50 apart, 20 high, one unit each. */
const boxes = {
  between: (top: number, bottom: number) => [Math.max(0, Math.floor(top / 50)), Math.ceil(bottom / 50)],
  first: (u: number) => ({ left: 0, top: 50 * u, width: 40, height: 20 }),
} as unknown as Boxes;

test("numbers at the edges of the view stand between the lines, wherever it is scrolled to", () => {
  for (let top = 0; top < 100; top += 3) {
    const { labels } = sightOf({ boxes, view: [top, top + 300] });
    for (const y of labels) {
      const fromLine = ((y % 50) + 50) % 50;
      expect(fromLine).toBeGreaterThanOrEqual(20 + 13);
      expect(fromLine).toBeLessThanOrEqual(50 - 13);
    }
    expect(labels[0] - top).toBeLessThan(65);
    expect(top + 300 - labels[1]).toBeLessThan(65);
  }
});
