import { expect, test } from "vitest";
import { linesOf, numbered, planLines } from "./lines";

const lens = {
  top: 1,
  said: Float32Array.of(0.25, 0.75),
  rank: Float32Array.of(2, 1),
  words: ["a", "b"],
  p: Float32Array.of(0.5, 0.75),
  rivals: Float32Array.of(0.5, 0.125, 0.0625, 0.03125),
};

test("a line has its word's p in each layer", () => {
  expect(linesOf(lens, ["said", "one", "two"])).toEqual([
    { name: "said", p: [0.25, 0.75] },
    { name: "one", p: [0.5, 0.0625] },
    { name: "two", p: [0.125, 0.03125] },
  ]);
});

test("at most nine layers are numbered, the first among them", () => {
  expect(numbered(4)).toEqual([0, 1, 2, 3]);
  expect(numbered(30)).toEqual([0, 3, 7, 11, 15, 19, 23, 27]);
});

test("names that do not fit stand in another row", () => {
  const lines = linesOf(lens, ["said", "one"]);
  const rows = (width: number) => planLines(lines, width, () => 50).names.map(([text, x, y]) => [text, x, y]);
  expect(rows(200).map(([, x]) => x)).toEqual([4, 90]);
  const narrow = planLines(lines, 120, () => 50);
  expect(narrow.names.map(([text, x]) => [text, x])).toEqual([
    ["said .750", 4],
    ["one .063", 4],
  ]);
  expect(narrow.height - planLines(lines, 200, () => 50).height).toBe(17);
  expect(planLines([], 200, () => 50).height).toBe(0);
});
