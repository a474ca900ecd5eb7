import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { sentencesOf } from "./sentences";

test("sentences are those of the prompt, without control tokens and what a template wrote", () => {
  const groups = { word: [], sentence: [0, 1, 2, 3, 5], message: [], part: [] };
  const sections = [{ title: "user", start: 0, end: 5, body: [2, 5] as const }];
  const content = {
    ...sample,
    groups,
    sections,
    tokens: { ...sample.tokens, count: 6 },
    steps: { ...sample.steps, first: 5 },
  };
  expect(sentencesOf(content)).toEqual([
    { start: 2, end: 3 },
    { start: 3, end: 5 },
  ]);
});
