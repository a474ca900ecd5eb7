import { expect, test, vi } from "vitest";
import { textWidth } from "./text-width";

test("a text is as wide as its letters, each of which is measured once for a font", () => {
  const measureText = vi.fn((text: string) => ({ width: text === "i" ? 3 : 7 }) as TextMetrics);
  const c = { font: "600 11px sans", measureText };
  expect([textWidth(c, "mimi"), textWidth(c, "im")]).toEqual([20, 10]);
  expect(measureText).toHaveBeenCalledTimes(2);
  textWidth({ font: "9px mono", measureText }, "i");
  expect(measureText).toHaveBeenCalledTimes(3);
});
