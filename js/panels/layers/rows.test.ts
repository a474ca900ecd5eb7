import { expect, test } from "vitest";
import type { StepLens } from "../../session/lens";
import { layersOf } from "../../testing";
import { leadText, likelyText, rowsOf } from "./rows";

/** A lens of these likeliest words; "!" is what was said. */
const lensOf = (words: string, ranks?: readonly number[]): StepLens => ({
  top: 1,
  words: [...words],
  rank: Float32Array.from(ranks ?? [...words].map((word) => (word === "!" ? 1 : 3))),
  said: new Float32Array(words.length),
  p: new Float32Array(words.length),
  rivals: new Float32Array(),
});

test("the first layer, the last, and the first where the word leads are always among the rows", () => {
  const restless = lensOf("abcdefghijklmnopqrstuv!wxyz");
  expect(rowsOf(restless)).toHaveLength(7);
  expect(rowsOf(restless)).toEqual(expect.arrayContaining([0, 22, 26]));
});

test("words that stay go before words that pass", () => {
  expect(rowsOf(lensOf("abcdeeeefffgh!!!!"))).toEqual([0, 4, 8, 11, 12, 13, 16]);
});

test("few layers are all listed, and wide gaps are filled", () => {
  expect(rowsOf(lensOf("ab!"))).toEqual([0, 1, 2]);
  expect(rowsOf(lensOf("!"))).toEqual([0]);
  const rows = rowsOf(lensOf("a".repeat(20)));
  expect(rows).toHaveLength(7);
  expect(Math.max(...rows.map((row, k) => row - (rows[k - 1] ?? 0)))).toBeLessThanOrEqual(5);
});

test("it is said where the word leads: for good, for a while, or never", () => {
  expect(leadText(lensOf("ab!!"))).toBe("leads from layer 3 of 4 on");
  expect(leadText(lensOf("a!b!"))).toBe("first leads in layer 2, for good from layer 4 of 4");
  expect(leadText(lensOf("a!bc"))).toBe("first leads in layer 2, rank 3 in the last, 4");
  expect(leadText(lensOf("abc!"))).toBe("leads in the last layer alone, 4");
  expect(leadText(lensOf("!!!!"))).toBe("leads in all 4 layers");
  expect(leadText(lensOf("abcd"))).toBe("leads in no layer of 4; rank 3 in the last");
});

test("the likeliest words of a layer, and what was said below them unless it leads", () => {
  const lines = [
    "layer 2",
    ".500 the",
    ".125 a",
    ".063 b",
    ".031 c",
    "<.001 d",
    ".250 Paris, which was said: rank 2",
  ];
  expect(likelyText(layersOf(0, 5), 1, "Paris")).toBe(lines.join("\n"));
  expect(likelyText(layersOf(0, 1), 3, "said")).toBe("layer 4\n.750 said");
});
