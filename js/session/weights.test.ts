import { expect, test } from "vitest";
import type { Head } from "./session";
import { sample } from "./testing";
import { Weights } from "./weights";

const base64 = (array: Float32Array | Uint8Array) =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");

/** One layer of three heads and two steps, which see 2 and 3 inputs. */
const quanta = Uint8Array.from([255, 0, 0, 255, 51, 51, 255, 0, 255, 0, 0, 255, 0, 102, 255]);
const weights = new Weights(
  {
    layers: 1,
    heads: 3,
    bits: 8,
    scale: base64(Float32Array.of(1, 0.5, 0.25, 1, 1, 1)),
    data: base64(quanta),
  },
  sample,
);
const heads: Head[] = [
  [0, 0],
  [0, 1],
  [0, 2],
];
const row = (...args: Parameters<Weights["row"]>) =>
  [...weights.row(...args)].map((w) => (Number.isNaN(w) ? null : Number(w.toFixed(3))));

test("a head has the weights of each step, up to the inputs that the step sees", () => {
  expect(row(0, [[0, 0]], "mean")).toEqual([1, 0, null]);
  expect(row(1, [[0, 0]], "mean")).toEqual([0, 0.5, 0.1]);
});

test("heads are joined by mean, sum, maximum or median", () => {
  expect(row(0, heads, "sum")).toEqual([1.05, 1.25, null]);
  expect(row(0, heads, "mean")).toEqual([0.35, 0.417, null]);
  expect(row(0, heads, "max")).toEqual([1, 1, null]);
  expect(row(0, heads, "median")).toEqual([0.05, 0.25, null]);
  expect(row(0, heads.slice(0, 2), "median")).toEqual([0.525, 0.125, null]);
});

test("a median for one input alone leaves the others out", () => {
  expect(row(0, heads, "median", 1)).toEqual([null, 0.25, null]);
});
