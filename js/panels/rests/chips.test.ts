import { expect, test } from "vitest";
import { chipsOf, labelOf, nameOf, wordsOf } from "./chips";

test("shares are of what a sentence lost, the largest first", () => {
  const chips = chipsOf([1, -2, 3, 0.05]);
  expect(chips.map(({ unit }) => unit)).toEqual([2, 0]);
  expect(chips[0]?.share).toBeCloseTo(3 / 4.05);
});

test("a sentence that loses less than a tenth of its probability has no chips", () => {
  expect(chipsOf([0.04, 0.09, -1])).toEqual([]);
  expect(chipsOf([Number.NaN, -1])).toEqual([]);
  expect(chipsOf([0.11])).toHaveLength(1);
});

test("three chips at most", () => {
  expect(chipsOf([4, 3, 2, 1, 1])).toHaveLength(3);
});

test("what a chip says", () => {
  expect(labelOf("[2] Lima is dry", 0.834)).toBe("[2] 83 %");
  expect(labelOf("get_weather", 0.5)).toBe("get_weather 50 %");
  expect(nameOf("[12] Lima")).toBe("Document 12");
  expect(wordsOf("[2] Lima", { unit: 1, share: 0.834, fall: Math.log(2.5) })).toBe(
    "Document 2 (Lima) holds 83 % of what this sentence rests on: without it, the sentence is 2.5 times less likely.",
  );
  expect(wordsOf("get_weather", { unit: 0, share: 1, fall: Math.log(4 / 3) })).toBe(
    "get_weather holds 100 % of what this sentence rests on: without it, the sentence is 25 % less likely.",
  );
  expect(wordsOf("[1] x", { unit: 0, share: 1, fall: 20 })).toContain("over a million times less likely");
});
