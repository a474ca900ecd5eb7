import { expect, test } from "vitest";
import { heading, shapeOf } from "./shape";
import { content } from "./testing";

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
