import { expect, test } from "vitest";
import { held, topMass } from "./mass";

const row = (...values: number[]) => Float32Array.from(values);
const nan = Number.NaN;

test("the fewest inputs that hold the share, the greatest first", () => {
  const values = row(0.1, 0.4, 0.2, 0.3);
  expect(topMass(values, 0.4)).toEqual([1]);
  expect(topMass(values, 0.41)).toEqual([1, 3]);
  expect(topMass(values, 0.7)).toEqual([1, 3]);
  expect(topMass(values, 0.75)).toEqual([1, 3, 2]);
  expect(topMass(values, 1)).toEqual([1, 3, 2, 0]);
});

test("mass is magnitude; what is unknown or zero is no part of it", () => {
  expect(topMass(row(nan, -3, 0, 1), 0.75)).toEqual([1]);
  expect(topMass(row(nan, -3, 0, 1), 1)).toEqual([1, 3]);
  expect(topMass(row(0, nan), 1)).toEqual([]);
});

test("of equal inputs the first are taken, and no more than are needed", () => {
  expect(topMass(row(1, 1, 1, 1), 0.5)).toEqual([0, 1]);
});

test("it agrees with the definition on random rows", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let n = 1; n < 60; n++) {
    const values = Float32Array.from({ length: n }, () => random() - 0.5);
    const share = 0.1 + 0.9 * random();
    const units = topMass(values, share);
    const mass = (of: readonly number[]) => of.reduce((sum, u) => sum + Math.abs(values[u] as number), 0);
    const total = mass([...values.keys()]);
    expect(mass(units)).toBeGreaterThan(share * total - 1e-5);
    expect(mass(units.slice(0, -1))).toBeLessThan(share * total);
    const least = Math.abs(values[units.at(-1) as number] as number);
    for (const u of values.keys())
      if (!units.includes(u)) expect(Math.abs(values[u] as number)).toBeLessThanOrEqual(least);
  }
});

test("what they hold is by magnitude, of the inputs that have a number", () => {
  const { count, share } = held(row(0.1, -0.6, 0, 0.3, nan), [1, 3]);
  expect([count, share.toFixed(2)]).toEqual([4, "0.90"]);
  expect(held(new Float32Array(2), [])).toEqual({ count: 2, share: 0 });
});
