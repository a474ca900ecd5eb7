import { expect, test } from "vitest";
import type { Head } from "./heads";
import { sample } from "./testing";
import type { Numbers } from "./unpack";
import { Weights } from "./weights";

const asBytes = (array: Float32Array | Uint8Array | Uint16Array): Numbers =>
  new Uint8Array(array.slice().buffer as ArrayBuffer);

/** One layer of three heads and two steps, which see 2 and 3 inputs. */
const quanta = Uint8Array.from([255, 0, 0, 255, 51, 51, 255, 0, 255, 0, 0, 255, 0, 102, 255]);
const weights = new Weights(
  {
    layers: 1,
    heads: 3,
    bits: 8,
    scale: asBytes(Float32Array.of(1, 0.5, 0.25, 1, 1, 1)),
    data: asBytes(quanta),
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

test("with 11 bits the greatest weight is exact, and the others are shares of the next", () => {
  const fine = new Weights(
    {
      layers: 1,
      heads: 1,
      bits: 11,
      scale: asBytes(Float32Array.of(0.001, 0.5)),
      largest: asBytes(Float32Array.of(0.998, 0.5)),
      data: asBytes(Uint16Array.of(1535, 1534, 767, 1535, 1534)),
    },
    sample,
  );
  const read = (step: number) => [...fine.row(step, [[0, 0]], "mean")].slice(0, step + 2);
  expect(read(0)).toEqual([Math.fround(0.998), Math.fround(0.001)]);
  expect(read(1)).toEqual([0.25, 0.5, 0.5]);
});
