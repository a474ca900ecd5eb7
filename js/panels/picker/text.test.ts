import { expect, test } from "vitest";
import { plainText as plain } from "../../dom";
import type { Content } from "../../session/content";
import type { HeadShares } from "../../session/heads";
import { captionText, cellLabel, heldText, hoverText, readText, titleText } from "./text";

const content = {
  tokens: {
    count: 8,
    start: [0, 1, 2, 3, 4, 5, 6, 7],
    text: ["The", " first", " president", " of", " America", " is", " George", " Washington"],
    special: [],
  },
  steps: {
    first: 6,
    count: 2,
    probability: [0.9, 0.99],
    rank: [1, 1],
    entropy: [0, 0],
    alternatives: [[], []],
  },
  sections: [],
  layers: 12,
  heads: 12,
} as unknown as Content;

const given: HeadShares = {
  shares: Float32Array.of(1),
  of: null,
  reading: "gradient",
  sinks: [[0, 0.42]],
  top: [],
};

test("the title says what was fed, and from what", () => {
  expect(plain(titleText(content, [1]))).toBe("Heads that fed “Washington”");
  expect(plain(titleText(content, [0, 1]))).toBe("Heads that fed “George Washington”");
  expect(plain(titleText(content, []))).toBe("Heads that fed the answer");
});

test("the caption names the sink, the mean, and another reading than the gradient", () => {
  const caption = (over: Partial<HeadShares> = {}, steps = [1], alike = false) =>
    captionText(content, steps, { ...given, ...over }, alike);
  expect(caption()).toBe("12 layers × 12 heads · sink The left out (42 %)");
  expect(caption({ of: 4 })).toBe("from “America” · 12 layers × 12 heads");
  expect(caption({ sinks: [] }, [1], true)).toBe("12 layers × 12 heads · all heads alike");
  expect(caption({ sinks: [], reading: "values" }, [])).toBe(
    "12 layers × 12 heads · mean of 2 tokens · by attention × value norm",
  );
  expect(captionText(content, [1], null, false)).toBe("12 layers × 12 heads");
});

test("the inputs that a head reads, each once", () => {
  expect(readText(content, [4, 1])).toBe("America · first");
  expect(readText(content, [4, 4])).toBe("America");
  const long = content.tokens.text.map((word, u) => (u === 4 ? ` ${"a message ".repeat(9)}` : word));
  expect(readText({ ...content, tokens: { ...content.tokens, text: long } }, [4])).toMatch(
    /^a message.{22}…$/,
  );
  const text = [...content.tokens.text.slice(0, 5), "n", " George", " Washington"];
  expect(readText({ ...content, tokens: { ...content.tokens, text } }, [5])).toBe("American");
});

test("what is held, counted from 1", () => {
  expect(plain(heldText(null, [], "mean", 144))).toBe("All heads joined by their mean.");
  expect(plain(heldText(null, [[7, 3]], "mean", 144))).toBe("Held: layer 8, head 4.");
  const two = heldText(
    null,
    [
      [7, 0],
      [7, 3],
    ],
    "max",
    144,
  );
  expect(plain(two)).toBe("Held: layer 8, heads 1, 4. Several heads add up by their maximum.");
  expect(
    plain(
      heldText(
        null,
        [
          [0, 0],
          [7, 3],
        ],
        "sum",
        144,
      ),
    ),
  ).toContain("2 heads: L1 H1, L8 H4");
  expect(plain(heldText(2, [], "mean", 144))).toBe("Held: layer 3, its heads joined by their mean.");
  expect(plain(heldText(null, [], "mean", 1))).toBe("The only head.");
});

test("what is peeked at and spoken", () => {
  expect(hoverText([8, 9], 0.0712)).toBe("Peeking: layer 9, head 10 (.071)");
  expect(hoverText(null, 1)).toBe("");
  expect(cellLabel([2, 6], 0.42)).toBe("layer 3, head 7, 0.420");
  expect(cellLabel([2, 6], Number.NaN)).toBe("layer 3, head 7");
});
