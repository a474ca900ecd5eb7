import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { exactly, scoreTable } from "./table";

test("a float32 is printed so that reading it gives the same number", () => {
  let seed = 7;
  for (let i = 0; i < 2000; i++) {
    seed = (seed * 48271) % 2147483647;
    const v = Math.fround((seed / 2147483647 - 0.5) * 10 ** ((i % 30) - 15));
    expect(Math.fround(Number(exactly(v)))).toBe(v);
  }
  expect(exactly(Math.fround(0.1))).toBe("0.1");
  expect(exactly(Number.NaN)).toBe("");
});

test("rows are inputs, columns steps; tabs and newlines in tokens do not break the table", () => {
  const content = {
    ...sample,
    tokens: { ...sample.tokens, text: ["<s>", "a\tb\nc", " is", " 東"] },
  };
  const scores = Float32Array.of(0.25, 0.75, Number.NaN, 0.125, 0.5, 0.375);
  expect(scoreTable(content, [0, 1], scores).split("\n")).toEqual([
    "input\ttoken\tis\t東",
    "1\t<s>\t0.25\t0.125",
    "2\ta b c\t0.75\t0.5",
    "3\tis\t\t0.375",
    "\tprobability\t0.75\t0.5",
  ]);
});

test("tokens that share a unit are told apart", () => {
  const content = {
    ...sample,
    tokens: { count: 4, start: [0, 1, 2], text: ["<s>", " Paris", " 東"], special: [] },
  };
  const table = scoreTable(content, [0], Float32Array.of(1, 2, Number.NaN));
  expect(table.split("\n")[0]).toBe("input\ttoken\t東 (1)");
});
