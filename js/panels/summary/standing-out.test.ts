import { expect, test } from "vitest";
import { hardly, standingOut } from "./standing-out";

test("a few stand out that hold half, and twice their equal part", () => {
  expect(standingOut([0.6, 0.15, 0.15, 0.05, 0.05])).toBe(3);
  expect(standingOut([0.8, 0.09, 0.05, 0.03, 0.03])).toBe(1);
  expect(standingOut([0.4, 0.4, 0.09, 0.06, 0.05])).toBe(2);
  expect(standingOut([0.25, 0.25, 0.25, 0.25])).toBe(0);
  expect(standingOut([0.5, 0.5])).toBe(0);
  expect(standingOut([0.5, 0.5], 3)).toBe(0);
  expect(standingOut([0.5, 0.5], 5)).toBe(2);
  expect(standingOut([])).toBe(0);
  expect(standingOut([0, 0])).toBe(0);
});

test("a probability hardly fell by less than .05, unless most of it is gone", () => {
  expect(hardly({ probability: 0.04, without: 0.01 })).toBe(true);
  expect(hardly({ probability: 0.04, without: 0.001 })).toBe(false);
  expect(hardly({ probability: 0.9, without: 0.8 })).toBe(false);
});
