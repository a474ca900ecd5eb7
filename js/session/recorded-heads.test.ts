import { expect, test } from "vitest";
import { GivenByHeads, type RecordedHeads } from "./recorded-heads";
import { sample } from "./testing";
import type { Numbers } from "./unpack";

const asBytes = (array: Float32Array | Uint8Array): Numbers =>
  new Uint8Array(array.slice().buffer as ArrayBuffer);

/** Two layers of two heads, and two steps, which see 2 and 3 inputs. */
const record: RecordedHeads = {
  steps: [
    { reading: "gradient", sinks: [[0, 0.5]], top: [[0, 0, 0.8, [1]]] },
    { reading: "gradient", sinks: [], top: [[1, 1, 0.5, [2, 1]]] },
    { reading: "values", sinks: [[0, 0.3]], top: [[0, 1, 0.4, [0]]] },
  ],
  scale: asBytes(Float32Array.of(0.51, 0.255, 0.51)),
  data: asBytes(Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 0)),
  pairs: {
    scale: asBytes(Float32Array.of(0.5, 0.255, 0, 0.51, 0.255)),
    data: asBytes(Uint8Array.of(255, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 255)),
  },
};
const given = new GivenByHeads(record, sample);
const near = (values: Float32Array) => [...values].map((v) => Number(v.toFixed(3)));

test("a step has its shares, its sink and its top heads", () => {
  const one = given.of([0], null);
  expect(near(one.shares)).toEqual([0.51, 0, 0, 0]);
  expect(one).toMatchObject({ of: null, reading: "gradient", sinks: [[0, 0.5]], top: [[0, 0, 0.8, [1]]] });
});

test("all steps together are recorded by themselves", () => {
  expect(given.of([0, 1], null)).toMatchObject({ reading: "values", top: [[0, 1, 0.4, [0]]] });
});

test("what one input gives is a share among the heads, in the mean over the steps that see it", () => {
  expect(near(given.of([0], 1).shares)).toEqual([0.5, 0.5, 0, 0]);
  const both = given.of([0, 1], 1);
  expect(near(both.shares)).toEqual([0.167, 0.167, 0.333, 0.333]);
  expect(both.top.map(([layer, head, , inputs]) => [layer, head, inputs])).toEqual([
    [1, 0, [1]],
    [1, 1, [1]],
    [0, 0, [1]],
  ]);
  expect(near(given.of([0, 1], 2).shares)).toEqual([0, 0, 0, 1]);
});

test("without pairs, an input shows what all inputs gave", () => {
  const bare = new GivenByHeads({ ...record, pairs: null }, sample);
  expect(bare.of([1], 1)).toMatchObject({ of: null, top: [[1, 1, 0.5, [2, 1]]] });
});
