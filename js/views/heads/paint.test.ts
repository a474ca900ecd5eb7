import { beforeEach, expect, test, vi } from "vitest";
import type { Glance } from "../../session/heads";
import { pixelsOf } from "./paint";

beforeEach(() => {
  vi.stubGlobal(
    "ImageData",
    class {
      readonly data: Uint8ClampedArray;
      constructor(width: number, height: number) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    },
  );
});

test("a picture has the colours of its own head, and nothing where nothing was seen", () => {
  const glance: Glance = { rows: 1, cols: 3, high: 1, values: Uint8Array.of(9, 9, 9, 0, 254, 255) };
  const table = Uint32Array.from({ length: 256 }, (_, q) => 0xff000000 + q);
  const colors = new Uint32Array(pixelsOf(glance, 1, table).data.buffer);
  expect([...colors]).toEqual([0xff000000, 0xff0000fe, 0]);
});
