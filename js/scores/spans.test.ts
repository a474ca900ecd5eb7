import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { keptOf, massIn, sentencesOf, sumIn } from "./spans";

const tokens = Float32Array.of(0.5, -0.25, Number.NaN, 0.125);

test("sums and magnitudes leave out what is not known", () => {
  expect([sumIn(tokens, { start: 0, end: 4 }), massIn(tokens, { start: 0, end: 4 })]).toEqual([0.375, 0.875]);
});

test("the fewest sentences that hold 80 %, in the order of the text", () => {
  const spans = [0, 1, 2, 3].map((start) => ({ start, end: start + 1 }));
  expect(keptOf(tokens, spans)).toEqual([0, 1]);
});

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
