import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { told } from "./told";

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
  const added = [{ title: "system (added by the template)", start: 0, end: 3 }, ...content.sections.slice(1)];
  expect(told({ ...content, sections: added }, 1)).toBe("system");
  const one = { ...content, sections: [{ title: "Prompt", start: 0, end: 6 }] };
  expect([1, 2, 3].map((u) => told(one, u))).toEqual(["1st of 2", "1st of 2", "2nd of 2"]);
});
