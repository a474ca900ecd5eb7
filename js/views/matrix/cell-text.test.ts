import { expect, test } from "vitest";
import { Field } from "../../scores/field";
import { cellLabel, tipText } from "./cell-text";
import { filledField, plain } from "./testing";

test("a cell has its input, its token and its score", () => {
  const field = filledField();
  expect(tipText(field, 1, 0)).toEqual(["Paris → is", ".7500"]);
  expect(cellLabel(field, 1, 0)).toBe("from Paris to is, 0.750");
});

test("the row after the last has the probabilities", () => {
  expect(tipText(filledField(), 3, 1)).toEqual(["probability of 東", ".5000"]);
  expect(cellLabel(filledField(), 3, 1)).toBe("probability of 東, 0.500");
});

test("a cell without a number tells why", () => {
  const hidden = filledField({ hidden: Uint8Array.of(1, 0, 0, 0) });
  expect([tipText(hidden, 0, 0)[1], cellLabel(hidden, 0, 0)]).toEqual(["hidden", "from <s> to is, hidden"]);
  expect([tipText(hidden, 2, 0)[1], cellLabel(hidden, 2, 0)]).toEqual([
    "not read yet",
    "from is to is, not read yet",
  ]);
  const empty = new Field(hidden.shape, { signed: false }, plain);
  expect([tipText(empty, 0, 0)[1], cellLabel(empty, 0, 0)]).toEqual(["…", "from <s> to is"]);
});
