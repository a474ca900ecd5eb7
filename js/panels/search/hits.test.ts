import { expect, test } from "vitest";
import { sample } from "../../session/testing";
import { hitsOf, hitsText } from "./hits";

const text = ["<s>", " Par", "is", " is", "\nPARIS", " (x)"];
const content = { ...sample, tokens: { count: 6, start: [0, 1, 2, 3, 4, 5], text, special: [0] } };

test("words are found in any case, across tokens and line ends, and as they are written", () => {
  expect(hitsOf(content, " paris ").map(({ start, end }) => [start, end])).toEqual([
    [1, 3],
    [4, 5],
  ]);
  expect(hitsOf(content, "is paris")).toEqual([{ from: 10, to: 18, start: 3, end: 5 }]);
  expect([hitsOf(content, "(x)").length, hitsOf(content, "(.").length, hitsOf(content, " ").length]).toEqual([
    1, 0, 0,
  ]);
});

test("hits that carry more than 1 % are counted", () => {
  const hits = hitsOf(content, "paris");
  expect(hitsText(hits, Float32Array.of(0.9, 0.005, 0.0049, 0, -0.1, 0))).toBe(
    "2 hits · 1 carries more than 1 %",
  );
  expect(hitsText(hits, Float32Array.of(1, 0, 0, 0, 0, 0))).toBe("2 hits · none carries more than 1 %");
  expect([hitsText(hits.slice(1), null), hitsText([], null)]).toEqual(["1 hit", "0 hits"]);
});
