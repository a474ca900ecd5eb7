import { expect, test } from "vitest";
import { fromBase64, toBytes, toFloat32 } from "./buffers";

test("a view into a larger buffer gives its own bytes only", () => {
  const all = Uint8Array.of(9, 9, 1, 2, 3, 9);
  expect([...toBytes(new DataView(all.buffer, 2, 3))]).toEqual([1, 2, 3]);
  expect([...toBytes(all.subarray(2, 5))]).toEqual([1, 2, 3]);
});

test.each([0, 1, 2, 3, 4, 8])("floats start at any byte: %i", (offset) => {
  const values = Float32Array.of(1.5, -2, Number.NaN, 1e-9);
  const all = new Uint8Array(offset + values.byteLength + 3);
  all.set(new Uint8Array(values.buffer), offset);
  for (const view of [
    new DataView(all.buffer, offset, values.byteLength),
    new Uint8Array(all.buffer, offset, values.byteLength),
  ]) {
    expect([...toFloat32(view)]).toEqual([...values]);
  }
});

test("base64 of every byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect([...fromBase64(Buffer.from(bytes).toString("base64"))]).toEqual([...bytes]);
});
