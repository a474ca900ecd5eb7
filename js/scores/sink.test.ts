import { expect, test } from "vitest";
import type { MethodInfo } from "../session/session";
import { sample } from "../session/testing";
import { compared, sinkOf } from "./sink";

const [saliency, gradient] = sample.methods as [MethodInfo, MethodInfo];
const nan = Number.NaN;

test("a control token or the first one with more than a quarter of the row is a sink", () => {
  expect(sinkOf(Float32Array.of(0.26, 0.74, nan, nan), sample, saliency)).toBe(0);
  expect(sinkOf(Float32Array.of(0.25, 0.75, nan, nan), sample, saliency)).toBeNull();
  const last = { ...sample, tokens: { ...sample.tokens, special: [2] } };
  expect(sinkOf(Float32Array.of(0.1, 0.2, 0.7, nan), last, saliency)).toBe(2);
});

test("a word is none, nor has a signed method one, nor nothing", () => {
  expect(sinkOf(Float32Array.of(0.1, 0.9, nan, nan), sample, saliency)).toBeNull();
  expect(sinkOf(Float32Array.of(0.9, 0.1, nan, nan), sample, gradient)).toBeNull();
  expect(sinkOf(new Float32Array(4), sample, saliency)).toBeNull();
});

test("the others keep their values", () => {
  const values = Float32Array.of(0.5, 0.25, 0.125);
  expect([...compared({ values, sink: 0, own: [] })]).toEqual([nan, 0.25, 0.125]);
  expect([...compared({ values, sink: null, own: [2] })]).toEqual([0.5, 0.25, nan]);
  expect(compared({ values, sink: null, own: [] })).toBe(values);
});
