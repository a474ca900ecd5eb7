import { describe, expect, test } from "vitest";
import type { Content, Head } from "../../session/session";
import { geometry, hit, numbered } from "./paint";
import { cellSays, choose, heldSays, peekSays, shadeSays, type Words } from "./text";

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
const plain = (words: Words) => words.map((w) => (typeof w === "string" ? w : w.strong)).join("");

test("the shade", () => {
  expect(shadeSays(content, [1], null)).toBe("shade: strongest single weight of each head for “Washington”");
  expect(shadeSays(content, [0, 1], 4)).toBe("shade: what each head gives “America” for “George Washington”");
  expect(shadeSays(content, [], 4)).toContain("hover or hold");
  expect(shadeSays(content, [1], 0, "cross-attention")).toBe(
    "shade: what each head gives “The” for “Washington”, in cross-attention",
  );
});

test("what is held, counted from 1", () => {
  expect(plain(heldSays(null, [], "mean", 144))).toBe("All heads joined by their mean.");
  expect(plain(heldSays(null, [[7, 3]], "mean", 144))).toBe("Held: layer 8, head 4.");
  const two = heldSays(
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
      heldSays(
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
  expect(plain(heldSays(2, [], "mean", 144))).toBe("Held: layer 3, its heads joined by their mean.");
  expect(plain(heldSays(null, [], "mean", 1))).toBe("The only head.");
});

test("what is peeked at and spoken", () => {
  expect(peekSays([8, 9], 0.0712)).toBe("Peeking: layer 9, head 10 (.071)");
  expect(peekSays(null, 1)).toBe("");
  expect(cellSays([2, 6], 0.42)).toBe("layer 3, head 7, 0.420");
  expect(cellSays([2, 6], Number.NaN)).toBe("layer 3, head 7");
});

describe("choice", () => {
  const a: Head = [1, 2];
  const b: Head = [0, 5];
  test("plain replaces, or lets the only one go", () => {
    expect(choose([a], b, false)).toEqual([b]);
    expect(choose([a], a, false)).toEqual([]);
    expect(choose([a, b], a, false)).toEqual([a]);
  });
  test("adding keeps the order of layers", () => {
    expect(choose([a], b, true)).toEqual([b, a]);
    expect(choose([b, a], b, true)).toEqual([a]);
  });
});

describe("geometry", () => {
  test.each([
    [1, 1],
    [12, 12],
    [32, 32],
    [48, 64],
  ])("%d × %d: every cell is hit where it is drawn", (layers, heads) => {
    const g = geometry(layers, heads, 234);
    for (let l = 0; l < layers; l++) {
      expect(hit(g, 2, (l + 0.5) * g.down)).toEqual([l, -1]);
      for (let h = 0; h < heads; h++) {
        expect(hit(g, g.gutter + (h + 0.5) * g.across, (l + 0.5) * g.down)).toEqual([l, h]);
      }
    }
    expect(hit(g, g.gutter + heads * g.across + 1, 1)).toBeNull();
    expect(hit(g, 30, layers * g.down + 1)).toBeNull();
    expect(g.across).toBeGreaterThanOrEqual(6);
    expect(numbered(g).length * 10).toBeLessThanOrEqual(Math.max(10, layers * g.down + 10));
  });
  test("12 × 12 fits the panel; scrolled cells leave the layer numbers in place", () => {
    const g = geometry(12, 12, 234);
    expect(g.gutter + 12 * g.across).toBeLessThanOrEqual(234);
    const wide = geometry(48, 64, 234);
    expect(hit(wide, 100 + 5, 1, 100)).toEqual([0, -1]);
    expect(hit(wide, 100 + wide.gutter + 1, 1, 100)?.[1]).toBe(Math.floor(101 / wide.across));
  });
});
