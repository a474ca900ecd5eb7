import { expect, test } from "vitest";
import { shadeOf } from "./shade";

const shade = (...shares: number[]) => {
  const { values, ...rest } = shadeOf({ shares: Float32Array.from(shares) });
  return { ...rest, values: [...values].map((v) => Number(v.toFixed(2))) };
};

test("the scale begins at the even share and ends at the greatest", () => {
  expect(shade(0.75, 0.25, 0, 0.5).values).toEqual([1, 0, 0, 0.5]);
  expect(shade(0.75, 0.25, 0, 0.5)).toMatchObject({ even: 0.25, most: 0.75, alike: false });
});

test("heads that are all alike are painted the same", () => {
  const { alike, values } = shade(0.3, 0.2, 0.25, 0.25);
  expect(alike).toBe(true);
  expect(new Set(values).size).toBe(1);
});

test("a single head, and heads that give nothing", () => {
  expect(shade(1)).toMatchObject({ alike: false, values: [1] });
  expect(shade(0, 0, 0)).toMatchObject({ alike: false, most: 0, values: [0, 0, 0] });
});
