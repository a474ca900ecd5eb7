import { expect, test } from "vitest";
import { expertsOf } from "./experts";
import type { Numbers } from "./unpack";

// Two layers, three inputs, two experts; the second layer does not read the last input.
const data = new Uint8Array(
  Uint16Array.from([65534, 0, 0, 32767, 65534, 0, 0, 65534, 32767, 0, 65535, 65535]).buffer,
) as Numbers;
const ask = (op: string, asked: object) =>
  Array.from(expertsOf({ largest: 0.8, data }, { layers: ["1", "2"], count: 2 }, 3, op, asked).numbers);

test("the mean weights of some inputs, of those that a layer reads", () => {
  expect(ask("experts", { inputs: [0] })).toEqual([0.8, 0, 0, 0.8].map(Math.fround));
  expect(ask("experts", { inputs: [1, 2] })).toEqual([0.4, 0.2, 0.4, 0].map(Math.fround));
  expect(ask("experts", { inputs: [2] }).slice(2)).toEqual([Number.NaN, Number.NaN]);
});

test("the weights of one expert at each input", () => {
  expect(ask("expert_inputs", { layer: 1, expert: 0 })).toEqual([0, 0.4, Number.NaN].map(Math.fround));
});
