import { expect, test } from "vitest";
import { sample } from "../../session/testing";
import { difference, likeness, type Pair, paired } from "./likeness";
import { Links } from "./links";

const groups = Array.from({ length: 7 }, (_, u) => ({ here: [u], there: [u] }));
const pair: Pair = {
  groups,
  here: Float32Array.of(0.5, 0.3, 0.1, 0.05, 0.03, 0.02, 0.01),
  there: Float32Array.of(0.1, 0.4, 0.2, 0.3, 0.01, -0.5, 0),
};

test("by value: tau as scipy.stats.kendalltau gives it, the five highest, and where they part", () => {
  const found = likeness(pair, true);
  expect(found.tau).toBeCloseTo(0.5238095, 6);
  expect([found.count, found.top]).toEqual([7, 5]);
  expect(found.shared.map(({ here }) => here[0])).toEqual([0, 1, 2, 3, 4]);
  // Ranks there: 4, 1, 3, 2, 5, 7, 6.
  expect(found.parting).toEqual({ group: groups[0], here: 1, there: 4 });
});

test("by size, if one of them has no signs", () => {
  const found = likeness(pair, false);
  expect(found.tau).toBeCloseTo(0.1428571, 6);
  // Ranks there: 5, 2, 4, 3, 6, 1, 7.
  expect(found.shared.map(({ here }) => here[0])).toEqual([0, 1, 2, 3]);
  expect(found.parting).toEqual({ group: groups[5], here: 6, there: 1 });
});

test("equal orders part nowhere", () => {
  expect(likeness({ ...pair, there: pair.here }, true)).toMatchObject({ tau: 1, parting: null });
});

test("scores of a group are added, and a group without a score is left out", () => {
  const links = new Links(sample, sample, [
    [0, 0],
    [1, 0],
    [2, 2],
  ]);
  const values = (...v: number[]) => ({ values: Float32Array.from(v) });
  const found = paired(values(0.25, 0.5, 1), values(0.5, 9, Number.NaN), links);
  expect([found.groups.length, [...found.here], [...found.there]]).toEqual([1, [0.75], [0.5]]);
});

test("a difference is one of shares: what is cut finer has it in parts, what has no counterpart none", () => {
  const two: Pair = {
    groups: [
      { here: [0, 1], there: [0] },
      { here: [2], there: [1] },
    ],
    here: Float32Array.of(3, -1),
    there: Float32Array.of(1, 1),
  };
  expect([...difference(two, 4, false)]).toEqual([0.125, 0.125, -0.25, Number.NaN]);
  expect([...difference(two, 3, true)]).toEqual([0.125, 0.125, -0.75]);
});
