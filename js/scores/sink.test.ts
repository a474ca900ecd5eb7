import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { compared, sinksOf } from "./sink";

const nan = Number.NaN;
const sinks = (values: number[], content = sample) => sinksOf(Float32Array.from(values), content);

test("control tokens and the first one with more than a quarter of the row are sinks", () => {
  expect(sinks([0.26, 0.74, nan, nan])).toEqual([0]);
  expect(sinks([0.25, 0.75, nan, nan])).toEqual([]);
  const last = { ...sample, tokens: { ...sample.tokens, special: [2] } };
  expect(sinks([0.1, 0.2, 0.7, nan], last)).toEqual([2]);
  expect(sinks([0.3, 0.4, 0.3, nan], last)).toEqual([0, 2]);
});

test("scores with a sign count by their magnitude", () => {
  expect(sinks([-6, 1, -1, 2])).toEqual([0]);
  expect(sinks([-1, 4, -4, 2])).toEqual([]);
});

test("so is the first token that a decoder reads, where a source is read beside it", () => {
  expect(sinks([0.1, 0.2, 0.7, nan], { ...sample, source: 2 })).toEqual([2]);
});

test("a word is none, nor the only input, nor nothing", () => {
  expect(sinks([0.1, 0.9, nan, nan])).toEqual([]);
  expect(sinks([1, nan, nan, nan])).toEqual([]);
  expect(sinks([0, 0, 0, 0])).toEqual([]);
});

test("the others keep their values", () => {
  const values = Float32Array.of(0.5, 0.25, 0.125);
  expect([...compared({ values, sinks: [0], own: [] })]).toEqual([nan, 0.25, 0.125]);
  expect([...compared({ values, sinks: [], own: [2] })]).toEqual([0.5, 0.25, nan]);
  expect(compared({ values, sinks: [], own: [] })).toBe(values);
});
