import { expect, test } from "vitest";
import type { Content } from "../session/content";
import { heading, shapeOf } from "./shape";

/** Units: The(0) first(1,2) | 東(3,4) is(5): two steps write 東, one writes "is". */
const content: Content = {
  v: 1,
  model: "demo",
  tokens: { count: 6, start: [0, 1, 3, 5], text: ["The", " first", " 東", "\n"], special: [0] },
  inputs: 5,
  contrast: {},
  sections: [],
  steps: {
    first: 3,
    count: 3,
    probability: [0.5, 0.4, 0.9],
    rank: [1, 1, 1],
    entropy: [0, 0, 0],
    alternatives: [],
  },
  methods: [],
  layers: 0,
  heads: 0,
  attention_note: null,
  warnings: [],
};
test("rows are input units, columns generated ones", () => {
  const shape = shapeOf(content);
  expect(shape.starts).toEqual([0, 1, 3]);
  expect(shape.ends).toEqual([1, 3, 5]);
  expect(shape.steps).toEqual([[0, 1], [2]]);
  expect(shape.columnText).toEqual(["東", "⏎"]);
  expect(shape.probability[0]).toBeCloseTo(0.2, 9);
  expect([shape.breaks, shape.inputs]).toEqual([[2], 5]);
  expect([heading(""), heading("  "), heading(" a ")]).toEqual(["∅", "␣␣", "a"]);
  expect([heading("\n\n"), heading(" \u200d"), heading(",")]).toEqual(["⏎⏎", "⟨U+200D⟩", ","]);
});

test("a section that begins inside the inputs is a break, the first row is not", () => {
  const sections = [0, 1, 3].map((start) => ({ title: "", start, end: start + 1 }));
  expect(shapeOf({ ...content, sections }).breaks).toEqual([1, 2]);
});
