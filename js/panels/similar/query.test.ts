import { expect, test } from "vitest";
import { asked } from "./query";

const corpus = { texts: 2, tokens: 9, layers: [0, 2], heads: 4, annotations: [] };
const word = { step: 1, token: null };

test("by the state of the last layer, unless one is picked or chosen", () => {
  expect(asked(corpus, word, null, null, [])).toMatchObject({
    args: { step: 1, token: null, layer: 2, heads: null },
    name: "the state",
    fixed: false,
    note: "",
  });
  expect(asked(corpus, word, 0, null, []).args.layer).toBe(0);
  expect(asked(corpus, word, 0, 2, [])).toMatchObject({ args: { layer: 2 }, fixed: true });
  expect(asked(corpus, word, 0, 1, [])).toMatchObject({ args: { layer: 0 }, fixed: false });
});

test("by the heads chosen, where they are of one layer of the corpus", () => {
  const heads = [
    [2, 3],
    [2, 0],
  ] as const;
  expect(asked(corpus, word, 0, null, heads)).toMatchObject({
    args: { layer: 2, heads: [0, 3] },
    name: "heads 1, 4",
    fixed: true,
  });
  expect(asked(corpus, word, 0, null, [[2, 3]]).name).toBe("head 4");
});

test("why not by other heads", () => {
  const other = asked(corpus, word, null, null, [[1, 0]]);
  expect(other.args.heads).toBeNull();
  expect(other.note).toContain("a layer that the corpus does not hold");
  const several = asked(corpus, word, null, null, [
    [0, 0],
    [2, 0],
  ]);
  expect(several.note).toContain("of several layers");
});
