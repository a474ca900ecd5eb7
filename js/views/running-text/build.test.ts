// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Content } from "../../session/content";
import { sample } from "../../session/testing";
import { buildText } from "./build";

function build(text: string[], first: number, showSpace = false, over: Partial<Content> = {}) {
  const start = text.map((_, i) => i);
  const content: Content = {
    ...sample,
    tokens: { count: text.length, start, text, special: [0] },
    sections: [
      { title: "Prompt", start: 0, end: first },
      { title: "Answer", start: first, end: text.length },
    ],
    inputs: text.length - 1,
    steps: { ...sample.steps, first, count: text.length - first },
    ...over,
  };
  return buildText(content, showSpace);
}

test("a word that was changed is struck out before the new one, and the former answer follows", () => {
  const over: Partial<Content> = { edits: [[2, 3, " Japan"]], answer_before: "<b>Tokyo</b>" };
  const { list, units } = build(["<s>", " of", " France", " Paris"], 3, false, over);
  expect(list.querySelector(".was")?.textContent).toBe("Japan");
  expect(list.querySelector(".run")?.textContent).toBe("<s> of Japan France");
  expect(list.querySelector(".answer-before")?.textContent).toBe("<b>Tokyo</b>");
  expect(units).toHaveLength(4);
});

const hostile = ["<s>", "</script><img src=x onerror=alert(1)>", " <b>b</b>", "\n", " __proto__", " &amp;"];

test("tokens are text, whatever they contain", () => {
  const { list, units } = build(hostile, 3);
  expect(units.map((unit) => unit.textContent)).toEqual(hostile.map((text) => text.trimStart() || text));
  expect(list.querySelector("img, script, b")).toBeNull();
});

test("running text keeps every character of a section after its first space", () => {
  const { list } = build(hostile, 3);
  const runs = [...list.querySelectorAll(".run")].map((run) => run.textContent);
  expect(runs).toEqual([hostile.slice(0, 3).join(""), hostile.slice(3).join("")]);
});

test("options of a list box, in groups with a name", () => {
  const { list, units } = build(hostile, 3);
  expect(list.getAttribute("role")).toBe("listbox");
  expect(
    units.every((unit) => unit.getAttribute("role") === "option" && !unit.hasAttribute("tabindex")),
  ).toBe(true);
  const groups = [...list.querySelectorAll('[role="group"]')];
  const names = groups.map(
    (group) => list.querySelector(`#${group.getAttribute("aria-labelledby")}`)?.textContent,
  );
  expect(names).toEqual(["Prompt", "Answer"]);
});

test("what cannot be seen has a name, and a mark when wanted", () => {
  const blank = ["a", "\n", " ", "\t", "  x"];
  const { units } = build(blank, 4, true);
  expect(units.map((unit) => unit.getAttribute("aria-label"))).toEqual([
    null,
    "newline",
    "space",
    "tab",
    null,
  ]);
  expect(units[1]?.dataset.mark).toBe("⏎");
  expect(units[2]?.classList.contains("ws")).toBe(true);
  expect(units[4]?.previousSibling?.textContent).toBe("  ");
  expect(build(blank, 4).units[1]?.dataset.mark).toBeUndefined();
});

test("generated and special units are marked", () => {
  const { units } = build(hostile, 3);
  expect(units.map((unit) => unit.className)).toEqual([
    "t special",
    "t",
    "t",
    "t gen break",
    "t gen",
    "t gen",
  ]);
});

test("labels have their probability beside them, which is no part of the text", () => {
  const tokens = { ...sample.tokens, text: ["<s>", " Paris", " good", " bad"] };
  const { list, units } = buildText({ ...sample, tokens, inputs: 2 }, false);
  expect(units.map((unit) => unit.textContent)).toEqual(["<s>", "Paris", "good", "bad"]);
  const beside = [...list.querySelectorAll<HTMLElement>(".p")];
  expect(beside.map((p) => [p.textContent?.trim(), p.getAttribute("aria-hidden")])).toEqual([
    [".750", "true"],
    [".500", "true"],
  ]);
  expect(buildText(sample, false).list.querySelector(".p")).toBeNull();
});
