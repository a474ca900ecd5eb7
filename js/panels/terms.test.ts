// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { h, plainText, writeText } from "../dom";
import { termList, withTerms } from "./terms";

const found = (text: string) =>
  withTerms([text]).flatMap((piece) => (typeof piece === "object" && "term" in piece ? [piece.term] : []));

test.each([
  [
    "p = .750 · rank 1 · saliency of log-probability, L2 norm",
    ["p", "rank", "saliency", "log-probability", "L2 norm"],
  ],
  [
    "input × modified gradient (GIM) of logit, signed dot product",
    ["input × modified gradient", "logit", "dot product"],
  ],
  ["attention of layer 2, head 1", ["attention", "head"]],
  ["logit minus the foil's · row sums to 1", ["logit", "the foil's", "row sums to 1"]],
  ["Paris is the capital", []],
])("the field's words in “%s”", (text, terms) => {
  expect(found(text)).toEqual(terms);
  expect(plainText(withTerms([text]))).toBe(text);
});

test("each says what it means when it is pointed at, and is text like any other", () => {
  const host = h("p");
  writeText(host, withTerms([{ strong: "rank" }, " · logit"]));
  expect([host.innerHTML.includes("<b>rank</b>"), host.textContent]).toEqual([true, "rank · logit"]);
  expect(host.querySelector("abbr")?.title).toMatch(/raw score.*\np = exp\(logit\)/);
  writeText(host, withTerms(["p = .5"]));
  expect([host.textContent, host.querySelector("abbr")?.title]).toEqual([
    "p = .5",
    expect.stringContaining("probability"),
  ]);
  writeText(host, ["plain"]);
  expect(host.innerHTML).toBe("plain");
});

test("the help has them all, with formulas", () => {
  const list = termList();
  expect(list.querySelectorAll("dt").length).toBeGreaterThan(12);
  expect(list.querySelectorAll("code").length).toBe(list.querySelectorAll("dt").length);
});
