import { expect, test } from "vitest";
import { plainText } from "../../dom";
import type { ShownScores } from "../../scores/shown-scores";
import type { Content } from "../../session/content";
import type { MethodInfo } from "../../session/scores";
import { sample } from "../../session/testing";
import { summaryText } from "./summary";

const text = ["The", " capital", " of", " Japan", " is", " Tokyo", "."];
const content: Content = {
  ...sample,
  tokens: { count: 7, start: [0, 1, 2, 3, 4, 5, 6], text, special: [] },
  inputs: 6,
  sections: [
    { title: "Prompt", start: 0, end: 5 },
    { title: "Answer", start: 5, end: 7 },
  ],
  groups: { word: [0, 1, 2, 3, 4, 5, 6], sentence: [0], message: [0], part: [0] },
  steps: { ...sample.steps, first: 5, count: 2, probability: [0.9, 0.9] },
};
const method: MethodInfo = { ...(sample.methods[0] as MethodInfo), title: "Saliency", signed: false };
const shown = (values: number[]): ShownScores =>
  ({
    steps: [0],
    method,
    own: [],
    sumsOfUnits: Float32Array.from([...values, Number.NaN, Number.NaN]),
  }) as unknown as ShownScores;
const check = { inputs: [3, 1], probability: 0.9, without: 0.02, others: [0.5, 0.8] };
const say = (...args: Parameters<typeof summaryText>) => plainText(summaryText(...args));

test("what most rests on, how much, whether leaving it out confirms it, and who parts", () => {
  const scores = shown([0.03, 0.07, 0.03, 0.85, 0.02]);
  expect(say(scores, content, null, [])).toBe(
    "“Tokyo” rests mostly on “Japan”: 85 % of what all words gave (Saliency).",
  );
  expect(say(scores, content, check, [])).toContain(
    "Leaving out the first 2 words of the list confirms it ✓: p falls from .900 to .020, further than without as many other words.",
  );
  expect(say(scores, content, { ...check, others: [0.01, 0.8] }, [])).toContain(
    "does not confirm it ✗: p falls from .900 to .020, and to .010 without as many other words.",
  );
  const other = { ...method, title: "GIM" };
  expect(say(scores, content, null, [[other, 1]])).toContain(" Methods part: GIM puts “capital” first.");
  expect(say(scores, content, null, [[other, 3]])).toContain(" GIM puts the same first.");
  const both = shown([0.03, 0.4, 0.03, 0.5, 0.04]);
  expect(say(both, content, null, [[other, 1]])).toContain("(Saliency). GIM puts “capital” first.");
});

test("a space is named in words, and a probability that rises does not fall", () => {
  const spaced: Content = {
    ...content,
    tokens: { ...content.tokens, text: ["The", " capital", " of", " ", " is", " Tokyo", "."] },
  };
  expect(say(shown([0.03, 0.3, 0.03, 0.6, 0.02]), spaced, null, [])).toContain(
    "; a space gave more than any word.",
  );
  expect(
    say(shown([0.03, 0.07, 0.03, 0.85, 0.02]), content, { ...check, probability: 0.132, without: 0.165 }, []),
  ).toBe(
    "Nothing stands out: without the first words of the list p of “Tokyo” rises from .132 to .165 (Saliency).",
  );
});

test("a word of two places is named once", () => {
  const twice: Content = {
    ...content,
    tokens: { ...content.tokens, text: ["The", " Japan", " of", " Japan", " is", " Tokyo", "."] },
  };
  expect(say(shown([0.03, 0.4, 0.03, 0.5, 0.04]), twice, null, [])).toBe(
    "“Tokyo” rests mostly on “Japan” (twice): 90 % of what all words gave (Saliency).",
  );
});

test("a mark that gave more than any word is said, and is none of the words", () => {
  const spaced: Content = {
    ...content,
    tokens: { ...content.tokens, text: ["The", " capital", " of", ",", " is", " Tokyo", "."] },
  };
  expect(say(shown([0.03, 0.3, 0.03, 0.6, 0.02]), spaced, null, [])).toBe(
    "“Tokyo” rests mostly on “capital”: 79 % of what all words gave (Saliency); “,” gave more than any word.",
  );
});

test("nothing stands out of even scores, nor where p hardly falls", () => {
  expect(say(shown([0.2, 0.2, 0.2, 0.2, 0.2]), content, check, [])).toBe(
    "Nothing stands out: “Tokyo” rests a little on many words, and the first 3 of 5 words hold 60 % (Saliency)." +
      " Leaving out the first 2 words of the list counts all the same: p falls from .900 to .020, further than without as many other words.",
  );
  const draws = { ...check, others: [0.01, 0.8] };
  expect(say(shown([0.2, 0.2, 0.2, 0.2, 0.2]), content, draws, [])).toMatch(/hold 60 % \(Saliency\)\.$/);
  expect(say(shown([Number.NaN, 0.5, Number.NaN, 0.5, 0]), content, null, [])).toBe(
    "Nothing stands out: two words alone gave anything to “Tokyo” (Saliency).",
  );
  expect(say(shown([0, 0.5, 0, 0.5, 0]), content, null, [])).toBe(
    "“Tokyo” rests mostly on “capital” and “Japan”: over 99 % of what all words gave (Saliency).",
  );
  expect(say(shown([0, 0, 0, 0, 0]), content, null, [])).toContain(": no word gave anything to “Tokyo”");
  const low = { ...check, probability: 0.04, without: 0.03 };
  expect(say(shown([0, 0, 0, 1, 0]), content, low, [])).toBe(
    "Nothing stands out: without the first words of the list p of “Tokyo” only falls from .040 to .030 (Saliency).",
  );
});

test("a sink and the words of a chat template are not named", () => {
  expect(say(shown([0.6, 0.02, 0.02, 0.35, 0.01]), content, null, [])).toContain("on “Japan”: 88 %");
  const chat: Content = {
    ...content,
    sections: [
      { title: "user", start: 0, end: 5, body: [1, 4] },
      { title: "Answer", start: 5, end: 7 },
    ],
  };
  expect(say(shown([0, 0.02, 0.01, 0.5, 0.9]), chat, null, [])).toContain("on “Japan”");
});
