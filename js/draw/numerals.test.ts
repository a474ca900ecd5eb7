import { expect, test } from "vitest";
import { chance, exact, numeral, spoken, spokenChance } from "./numerals";

test.each([
  [0.1812, ".181"],
  [0, "0"],
  [0.0002, "<.001"],
  [1, "1.000"],
  [0.9996, "1.000"],
  [1.21, "1.21"],
  [12.345, "12.3"],
  [456.7, "457"],
  [123456, "1.2e5"],
  [Number.NaN, "–"],
])("%d is %s", (v, text) => {
  expect(numeral(v)).toBe(text);
});

test("signs", () => {
  expect([0.034, -0.034, 0].map((v) => numeral(v, true))).toEqual(["+.034", "−.034", "0"]);
});

test("small scales keep their figures", () => {
  expect(numeral(0.0031, false, 0.019)).toBe(".0031");
  expect(numeral(0.00031, false, 0.0019)).toBe(".00031");
  expect(numeral(-0.00037, true, 0.0009)).toBe("−3.7e−4");
});

test("what rounds to nothing has no sign", () => {
  expect([0.0002, -0.0002].map((v) => numeral(v, true))).toEqual(["≈0", "≈0"]);
  expect([numeral(-0.0002), numeral(0.00001, false, 0.05), spoken(-0.0002)]).toEqual([
    "≈0",
    "<.0001",
    "about 0",
  ]);
});

test("a probability reads neither 0 nor 1", () => {
  expect([0, 0.0004, 0.0005, 0.9994, 0.9996, 1, Number.NaN].map(chance)).toEqual([
    "<.001",
    "<.001",
    ".001",
    ".999",
    ">.999",
    ">.999",
    "–",
  ]);
  expect([0, 0.5, 1].map(spokenChance)).toEqual(["less than 0.001", "0.500", "more than 0.999"]);
});

test("spoken", () => {
  expect([0.1812, -0.5, Number.NaN].map((v) => spoken(v))).toEqual(["0.181", "minus 0.500", "no number"]);
});

test("exact", () => {
  expect([0.18123, 1, Number.NaN].map((v) => exact(v))).toEqual([".1812", "1.0000", "–"]);
  expect([12.34567, -0.181234, -0.00004].map((v) => exact(v, true))).toEqual([
    "+12.35",
    "−.1812",
    "−4.000e−5",
  ]);
});
