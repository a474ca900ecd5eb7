// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { chip } from "./chip";

test("a chip shows an alternative and its probability, and is hidden without one", () => {
  const { item, show } = chip(vi.fn());
  expect(item.hidden).toBe(true);
  show([" was", 0.0001, 7], false, true);
  expect([item.hidden, item.textContent]).toEqual([false, "was<.001"]);
  show([" <b>", Number.NaN, 8], false, true);
  expect([item.textContent, item.querySelector("b")]).toEqual(["<b>", null]);
  show(undefined, false, true);
  expect(item.hidden).toBe(true);
});

test("it can be chosen only with a model, and tells whether it was pressed", () => {
  const choose = vi.fn();
  const { item, show } = chip(choose);
  const button = item.querySelector("button") as HTMLButtonElement;
  const was = [" was", 0.125, 7] as const;
  show(was, true, true);
  button.click();
  expect(choose).toHaveBeenCalledExactlyOnceWith(was, true);
  show(was, true, false);
  button.click();
  expect(choose).toHaveBeenCalledTimes(1);
  expect([button.getAttribute("aria-disabled"), button.title]).toEqual([
    "true",
    expect.stringContaining("model"),
  ]);
});

test("a rival that differs by its space alone says so", () => {
  const name = (text: string, ...beside: string[]) => {
    const { item, show } = chip(vi.fn());
    show([text, 0.5, 7], false, true, beside);
    return [item.querySelector("bdi")?.textContent, item.querySelector("small")?.textContent];
  };
  expect([
    name("Paris", " Paris"),
    name(" Paris", "Paris"),
    name(" London", " Paris"),
    name("\n", " "),
    name(" the", "Paris", "the", " the"),
  ]).toEqual([
    ["Paris", "no space"],
    ["Paris", "after a space"],
    ["London", ""],
    ["newline", ""],
    ["the", "after a space"],
  ]);
});
