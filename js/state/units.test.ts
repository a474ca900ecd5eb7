import { expect, test } from "vitest";
import type { Content } from "../session/content";
import { sample } from "../session/testing";
import { Units } from "./units";

/** Tokens 0 1 | 2 3 4 | 5: a unit of two special tokens, then one of three written tokens, then one. */
const content: Content = {
  ...sample,
  tokens: { count: 6, start: [0, 2, 5], text: ["<s>", " 東", " x"], special: [0, 1] },
  inputs: 5,
  steps: { ...sample.steps, first: 2, count: 4 },
};
const units = new Units(content);

test("units and tokens", () => {
  expect([0, 1, 2].map((u) => [units.start(u), units.end(u)])).toEqual([
    [0, 2],
    [2, 5],
    [5, 6],
  ]);
  expect([0, 1, 2, 3, 4, 5].map((i) => units.of(i))).toEqual([0, 0, 1, 1, 1, 2]);
  expect(units.inputEnds).toEqual([2, 5, 5]);
});

test("labels are no inputs", () => {
  const labelled = new Units({ ...content, inputs: 2 });
  expect(labelled.inputEnds.map((end, u) => end > labelled.start(u))).toEqual([true, false, false]);
});

test("written units and their steps", () => {
  expect(units.firstWritten).toBe(1);
  expect([0, 1, 2].map((u) => units.steps(u))).toEqual([[], [0, 1, 2], [3]]);
  expect(units.ofSteps([1, 2, 3])).toEqual([1, 2]);
});

test("hidden units", () => {
  const none = { hide_special: false, hide_first: false, hide_target: false };
  expect([...units.hidden({ ...none, hide_special: true })]).toEqual([1, 0, 0]);
  expect([...units.hidden({ ...none, hide_first: true })]).toEqual([1, 0, 0]);
  expect([...units.hidden(none)]).toEqual([0, 0, 0]);
  const everything = { ...none, hide_target: true };
  expect([...units.hidden(everything)]).toEqual([0, 0, 0]);
  expect([...new Units({ ...content, source: 2 }).hidden(everything)]).toEqual([0, 1, 1]);
});

test("a character that turns the direction of what follows is shown instead", () => {
  const turned = new Units({ ...content, tokens: { ...content.tokens, text: ["\u202e", " 東", " x"] } });
  expect(turned.text(0)).toBe("⟨U+202E⟩");
});
