import { expect, test, vi } from "vitest";
import { Places } from "./places";

test("each unit fills its boxes, at least a pixel, and the stronger of two stays", () => {
  vi.stubGlobal("devicePixelRatio", 2);
  const places = new Places(3);
  places.add(0, 0, 1, 0.5);
  places.end(0);
  places.add(0.5, 0, 0.1, 0.1);
  places.add(0, 1, 9, 9);
  places.end(1);
  places.add(0, 0, 9, 9);
  places.end(2);
  const image = { data: new Uint8ClampedArray(4 * 4 * 3), width: 4, height: 3 } as ImageData;
  const [weak, strong] = [0x10_aabbcc, 0x80_112233];
  places.paint(image, (u) => [weak, strong, 0][u] as number);
  const none = [0, 0, 0, 0];
  const drawn = new Uint32Array(image.data.buffer);
  expect([0, 1, 2].map((y) => [...drawn.subarray(4 * y, 4 * y + 4)])).toEqual([
    [weak, strong, 0, 0],
    none,
    [strong, strong, strong, strong],
  ]);
  vi.unstubAllGlobals();
});
