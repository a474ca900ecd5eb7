import { expect, test } from "vitest";
import { plainText as plain } from "../../dom";
import type { Content } from "../../session/session";
import { cellLabel, heldText, hoverText, shadeText } from "./text";

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
} as unknown as Content;

test("the shade", () => {
  expect(shadeText(content, [1], null)).toBe("shade: strongest single weight of each head for “Washington”");
  expect(shadeText(content, [0, 1], 4)).toBe("shade: what each head gives “America” for “George Washington”");
  expect(shadeText(content, [], 4)).toContain("hover or hold");
  expect(shadeText(content, [1], 0, "cross-attention")).toBe(
    "shade: what each head gives “The” for “Washington”, in cross-attention",
  );
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
  ).toContain("2 heads: 1.1, 8.4");
  expect(plain(heldText(2, [], "mean", 144))).toBe("Held: layer 3, its heads joined by their mean.");
  expect(plain(heldText(null, [], "mean", 1))).toBe("The only head.");
});

test("what is peeked at and spoken", () => {
  expect(hoverText([8, 9], 0.0712)).toBe("Peeking: layer 9, head 10 (.071)");
  expect(hoverText(null, 1)).toBe("");
  expect(cellLabel([2, 6], 0.42)).toBe("layer 3, head 7, 0.420");
  expect(cellLabel([2, 6], Number.NaN)).toBe("layer 3, head 7");
});
