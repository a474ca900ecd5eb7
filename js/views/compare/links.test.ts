import { expect, test } from "vitest";
import type { Content } from "../../session/content";
import { sample } from "../../session/testing";
import { Links } from "./links";

const content = (text: readonly string[], first: number): Content => ({
  ...sample,
  tokens: { count: text.length, start: [...text.keys()], text, special: [] },
  inputs: text.length - 1,
  sections: [],
  steps: { ...sample.steps, first, count: text.length - first },
});
const whole = content(["un", "happy", " dog", " barks", " now"], 3);
const cut = content(["unhap", "py", " dog", " ba", "rks"], 3);
const links = new Links(whole, cut, [
  [0, 0],
  [1, 0],
  [1, 1],
  [2, 2],
  [3, 3],
  [3, 4],
]);

test("units that hang together are one group, in the order of the text", () => {
  expect(links.groups()).toEqual([
    { here: [0, 1], there: [0, 1] },
    { here: [2], there: [2] },
    { here: [3], there: [3, 4] },
  ]);
});

test("words that one text alone has are told apart, whole, without special tokens and labels", () => {
  const some = new Links(whole, cut, [
    [2, 2],
    [3, 3],
  ]);
  expect([some.lonely(), some.lonely(true)]).toEqual([
    [[0, 1], [4]],
    [[0, 1], [4]],
  ]);
  const special = { ...whole, tokens: { ...whole.tokens, special: [2] } };
  expect(new Links(special, cut, [[0, 0]]).lonely()).toEqual([[1], [3], [4]]);
  const labels = { ...whole, steps: { ...whole.steps, step_noun: ["class", "classes"] as const } };
  expect(new Links(labels, cut, [[0, 0]]).lonely()).toEqual([[1], [2]]);
});

test("special tokens and those of a chat template are in no group, and marks are no words", () => {
  const special = { ...whole, tokens: { ...whole.tokens, special: [2] } };
  expect(new Links(special, special).groups().map(({ here }) => here)).toEqual([[0, 1], [3], [4]]);
  const chat = { ...whole, sections: [{ title: "user", start: 0, end: 3, body: [2, 3] as const }] };
  expect(new Links(chat, chat).groups().map(({ here }) => here)).toEqual([[2], [3], [4]]);
  expect(new Links(chat, cut, []).lonely()).toEqual([[2], [3], [4]]);
  expect(new Links(content(["Oh", ",", " 42", "\n", " now"], 4), cut, []).lonely()).toEqual([[0], [2], [4]]);
});

test("a step leads to all that wrote the same, else to the one at its place", () => {
  expect(links.steps([0])).toEqual([0, 1]);
  expect(links.steps([1], true)).toEqual([0]);
  expect(links.steps([1])).toEqual([1]);
});

test("an input leads to its counterpart both ways", () => {
  expect([links.input(2), links.input(1), links.input(1, true), links.input(null)]).toEqual([2, 0, 1, null]);
});

test("a text is linked with itself, and links beyond a text are left out", () => {
  const own = new Links(whole, whole);
  expect(own.groups().map(({ there }) => there)).toEqual([[0, 1], [2], [3], [4]]);
  expect(new Links(whole, cut, [[9, 0]]).groups()).toEqual([]);
});
