// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { sample } from "../session/testing";
import { askToEdit, whenAsked, wordAround } from "./word";

const content = (text: readonly string[], first: number, special: readonly number[] = []) => ({
  ...sample,
  tokens: { count: text.length, start: text.map((_, k) => k), text, special },
  inputs: text.length - 1,
  sections: [{ title: "Prompt", start: 0, end: first }],
  steps: { ...sample.steps, first, count: text.length - first },
});

test("a word is what no space, mark or border keeps apart", () => {
  const text = content(["<s>", " Th", "add", "ea", "'s", " house", ".", " Em", "il"], 8, [0]);
  expect([1, 2, 3].map((u) => wordAround(text, u))).toEqual(Array(3).fill([1, 3]));
  expect(wordAround(text, 5)).toEqual([5, 5]);
  expect(wordAround(text, 6)).toEqual([6, 6]);
  // The answer begins in the middle of a word.
  expect(wordAround(text, 7)).toEqual([7, 7]);
  expect(wordAround(text, 0)).toEqual([0, 0]);
});

test("characters of scripts without spaces are words", () => {
  expect(wordAround(content(["我", "的", "哥", "x"], 3), 1)).toEqual([1, 1]);
});

test("a view asks for a word to be changed", () => {
  const [host, inside, end, open] = [
    document.createElement("div"),
    document.createElement("span"),
    new AbortController(),
    vi.fn(),
  ];
  host.append(inside);
  whenAsked(host, end.signal, open);
  askToEdit(inside, 3);
  expect(open.mock.calls).toEqual([[3, inside]]);
  end.abort();
  askToEdit(inside, 4);
  expect(open).toHaveBeenCalledOnce();
});
