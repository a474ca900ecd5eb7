import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { held, strongest, told } from "./strongest";

const values = Float32Array.of(0.1, -0.6, 0, 0.3, Number.NaN);

test("the greatest magnitudes come first, zeros and missing numbers not at all", () => {
  expect(strongest(values, 2)).toEqual([1, 3]);
  expect(strongest(values, 9)).toEqual([1, 3, 0]);
});

test("what they hold is by magnitude, of the inputs that have a number", () => {
  const { count, share } = held(values, [1, 3]);
  expect([count, share.toFixed(2)]).toEqual([4, "0.90"]);
  expect(held(new Float32Array(2), [])).toEqual({ count: 2, share: 0 });
});

test("words that are alike are told apart by their section, else by their place", () => {
  const text = ["<s>", " Paris", " is", " Paris", " is", "."];
  const content = {
    ...sample,
    tokens: { count: 6, start: [0, 1, 2, 3, 4, 5], text, special: [0] },
    inputs: 5,
    sections: [
      { title: "Prompt", start: 0, end: 3 },
      { title: "Answer", start: 3, end: 6 },
    ],
    steps: { ...sample.steps, first: 3, count: 3 },
  };
  expect([0, 1, 3].map((u) => told(content, u))).toEqual(["", "prompt", "answer"]);
  const one = { ...content, sections: [{ title: "Prompt", start: 0, end: 6 }] };
  expect([1, 2, 3].map((u) => told(one, u))).toEqual(["1st of 2", "1st of 2", "2nd of 2"]);
});
