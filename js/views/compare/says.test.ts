import { expect, test } from "vitest";
import { plainText } from "../../dom";
import { sample } from "../../session/testing";
import { Links } from "./links";
import { lonelyText } from "./says";

const content = (text: readonly string[]) => ({
  ...sample,
  tokens: { count: text.length, start: [...text.keys()], text, special: [] },
  steps: { ...sample.steps, first: text.length },
  sections: [],
});

test("words that one text alone has are named once, and no more than four of them", () => {
  const [here, there] = [
    content([" in", " France", " and", " France"]),
    content([" in", " a", " b", " c", " d", " e"]),
  ];
  const names = ["First", "Second"] as const;
  const said = plainText(lonelyText(new Links(here, there, [[0, 0]]), [here, there], names));
  expect(said).toBe(" · in italics only in First: France, and; only in Second: a, b, c, d and 1 more");
  expect(lonelyText(new Links(here, here), [here, here], names)).toEqual([]);
});
