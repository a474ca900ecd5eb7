import { expect, test } from "vitest";
import type { Content } from "../session/content";
import { sample } from "../session/testing";
import { grouped, isLong } from "./groups";
import { createState } from "./state";
import { unitsOf } from "./units";

const content: Content = {
  ...sample,
  groups: { word: [0, 1, 2, 3], sentence: [0, 1, 3], message: [0, 1, 3], part: [0] },
};

test("the units of a group have the text of all their tokens, and tokens are as they were sent", () => {
  const read = grouped(content, "sentence");
  expect([read.tokens.start, read.tokens.text, read.grouped]).toEqual([
    [0, 1, 3],
    ["<s>", " Paris is", " 東"],
    "sentence",
  ]);
  expect(unitsOf(read).steps(2)).toEqual([1]);
  expect(grouped(content, "sentence")).toBe(read);
  expect([grouped(content, "token"), grouped(sample, "word")]).toEqual([content, sample]);
});

test("the option is followed in running text, and elsewhere units are tokens", () => {
  const state = createState(content);
  state.alone.value = 1;
  state.options.value = { ...state.options.value, units: "sentence" };
  expect([state.content.value.grouped, state.alone.value]).toEqual(["sentence", null]);
  state.view.value = "matrix";
  expect(state.content.value).toBe(content);
});

test("a text is long by its tokens", () => {
  const of = (count: number) => isLong({ ...content, tokens: { ...content.tokens, count } });
  expect([of(300), of(301)]).toEqual([false, true]);
});
