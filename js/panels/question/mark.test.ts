import { expect, test } from "vitest";
import cases from "../../../tests/fixtures/question.json";
import { agrees, type Key, mark, plain, readNumber, type Typed } from "./mark";

type Numbers = readonly (readonly [text: string, value: number | null, unit: number | null])[];
test.each(cases.numbers as unknown as Numbers)("the number %s is read as in Python", (text, value, unit) => {
  const typed = readNumber(text);
  if (value === null || unit === null) expect(typed).toBeNull();
  else {
    expect(typed?.value).toBeCloseTo(value, 12);
    expect(typed?.unit).toBeCloseTo(unit, 12);
  }
});

test.each(cases.agrees)("%s for %s: %s", (text, key, expected) => {
  expect(agrees(readNumber(text as string) as Typed, key as number)).toBe(expected);
});

test.each(cases.plain)("the text %s is compared as %s", (text, expected) => {
  expect(plain(text as string)).toBe(expected);
});

type Verdicts = readonly (readonly [given: string[], right: boolean | null, says: string])[];
test.each(cases.verdicts as unknown as Verdicts)("the answer %s is marked %s", (given, right, says) => {
  expect(mark(cases.key as unknown as Key, given)).toEqual({ right, says });
});

test("one of several texts is enough, whatever the case", () => {
  const says = { right: "Yes", wrong: "No", no_number: "", coarse: "", nothing: "?" };
  const key: Key = { accept: ["america"], mistakes: [[{ accept: ["4", "5"] }, "Next"]], says };
  expect([["America."], ["3", "5"], ["6"], []].map((given) => mark(key, given))).toEqual([
    { right: true, says: "Yes" },
    { right: false, says: "Next" },
    { right: false, says: "No" },
    { right: null, says: "?" },
  ]);
});
