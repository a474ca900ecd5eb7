// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { ShownScores } from "../../scores/shown-scores";
import { setUp } from "../../testing";
import type { Picture } from "../running-text/paint";
import { arcsOf } from "./arcs";

const nan = Number.NaN;
const { ctx, state } = setUp();
const picture = {
  values: Float32Array.of(nan, 0.5, -0.3, 0.2),
  high: 0.5,
  sinks: [],
  targets: [4],
  pointed: null,
} as unknown as Picture;
const shown = {
  steps: [2],
  input: null,
  sinks: [],
  values: Float32Array.of(0.6, 0.5, -0.3, 0.2),
} as unknown as ShownScores;
const arcs = (more: Partial<Picture> = {}, scores: Partial<ShownScores> = {}, heads: Float32Array[] = []) =>
  arcsOf(ctx, { ...picture, ...more }, { ...shown, ...scores }, heads);
const froms = (...of: Parameters<typeof arcs>) => arcs(...of)?.list.map(({ from }) => from);

test("the inputs that make up the share have arcs, as strong as they are on the scale, with their sign", () => {
  state.options.value = { ...state.options.value, arc_share: 0.7 };
  expect(arcs()?.list.map(({ from, to, share, negative }) => [from, to, share, negative])).toEqual([
    [1, 4, 1, false],
    [2, 4, expect.closeTo(0.6, 5), true],
  ]);
  state.options.value = { ...state.options.value, arc_share: 0.5 };
  expect(froms()).toEqual([1]);
  state.options.value = { ...state.options.value, arc_share: 1 };
  expect(froms()).toEqual([1, 2, 3]);
  state.options.value = { ...state.options.value, arc_share: 0.5 };
});

test("the input pointed at has an arc however weak, if it gave anything", () => {
  expect(froms({ pointed: 3 })).toEqual([1, 3]);
  expect(froms({ pointed: 0 })).toEqual([1]);
});

test("a sink has an arc of its own, with its number, outside the share", () => {
  const list = arcs({ sinks: [0] }, { sinks: [0] })?.list ?? [];
  expect(list.map(({ from, sink }) => [from, sink])).toEqual([
    [1, false],
    [0, true],
  ]);
  expect(list[1]?.number).toBeCloseTo(0.6, 6);
});

test("each of several heads has the arcs of its own row; the ends say what they give together", () => {
  const heads = [Float32Array.of(nan, 0.1, 0.1, 0.8), Float32Array.of(nan, 0.9, 0.1, 0)];
  expect(arcs({}, {}, heads)?.list.map(({ from, head, number }) => [from, head, number])).toEqual([
    [1, 1, 0.5],
    [3, 0, expect.closeTo(0.2, 5)],
  ]);
});

test("an input pointed at while no word is held has arcs to the words that it gave to", () => {
  const found = arcs({ targets: [], pointed: 0 }, { input: 0, steps: [] });
  expect([found?.of, found?.list.map(({ from, to }) => [from, to])]).toEqual(["input", [[0, 1]]]);
});

test("with nothing held the arcs are those of all words; without scores there are none", () => {
  expect(arcs({ targets: [] })).toBeNull();
  expect(arcsOf(ctx, { ...picture, values: null }, null, [])?.list).toEqual([]);
});
