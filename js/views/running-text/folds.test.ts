// @vitest-environment happy-dom
import { effect } from "@preact/signals-core";
import { beforeEach, expect, test } from "vitest";
import { press, settle, setUp } from "../../testing";
import { Boxes } from "./boxes";
import { buildText, type TextElements } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";

// Of the three inputs, the template wrote the first two of the message, of which one is the word.
const sections = [
  { title: "user", start: 0, end: 2, body: [1, 2] as const },
  { title: "Answer", start: 2, end: 4, note: "stopped at 2 tokens" },
];
let t: ReturnType<typeof setUp>;
let text: TextElements;
let folds: Folds;
const chip = () => text.folds[0]?.chip as HTMLElement;

beforeEach(() => {
  t = setUp({ sections });
  text = buildText(t.state.content.value, false);
  t.host.append(text.list);
  folds = new Folds(text.units, text.folds, t.end.signal);
  t.end.signal.addEventListener(
    "abort",
    effect(() => folds.write(t.ctx)),
  );
});

test("what the template wrote is one chip in the label of its role, with what it gave", async () => {
  expect([...text.list.querySelectorAll(".who")].map((who) => who.textContent)).toEqual([
    expect.stringMatching(/^user▸ template/),
    "Answer · stopped at 2 tokens",
  ]);
  t.state.held.value = [1];
  await settle();
  expect(chip().textContent).toBe("▸ template .125");
  expect(chip().title).toContain("wrote 1 token here: <s>.");
});

test("the header of the answer's message stands in its label", () => {
  const roles = [
    { title: "user", start: 0, end: 1 },
    { title: "assistant", start: 1, end: 2, body: [2, 2] as const },
    { title: "Answer", start: 2, end: 4 },
  ];
  const own = buildText({ ...t.state.content.value, sections: roles }, false);
  expect([...own.list.querySelectorAll(".who span:first-child")].map((who) => who.textContent)).toEqual([
    "user",
    "Answer",
  ]);
  expect(own.folds.map(({ units, chip }) => [units, chip.title.slice(0, 32)])).toEqual([
    [[1], "The chat template wrote 1 token "],
  ]);
  expect([...own.list.querySelectorAll(".run")].map((run) => run.textContent)).toEqual([
    "<s>",
    "Paris is 東",
  ]);
  // The space before the first word goes with the template, so that it is not indented.
  expect(own.units[2]?.previousElementSibling?.className).toBe("template");
});

test("a closed fold has its values in its first unit; an open one leaves them", () => {
  const values = Float32Array.of(0.5, 0.25, 0.125);
  const fold = { units: [0, 1], chip: chip(), group: text.folds[0]?.group as HTMLElement, name: "template" };
  const both = new Folds(text.units, [fold], t.end.signal);
  expect([...both.merged(values)]).toEqual([0.75, Number.NaN, 0.125]);
  expect([both.standIn(1), both.standIn(2)]).toEqual([0, 2]);
  both.toggle(1);
  expect([...both.merged(values)]).toEqual([0.5, 0.25, 0.125]);
  expect(both.standIn(1)).toBe(1);
});

test("a click opens it, and keys walk past what is folded", () => {
  t.state.held.value = [0];
  new TextInput(text, folds, new Boxes(), t.ctx, t.end.signal);
  press(text.units[2] as HTMLElement, "Home");
  expect(document.activeElement).toBe(chip());
  press(chip(), "Enter");
  expect([document.activeElement, folds.standIn(0)]).toEqual([text.units[0], 0]);
  expect(chip().textContent).toMatch(/^▾ template/);
  press(text.units[0] as HTMLElement, "Enter");
  expect(document.activeElement).toBe(chip());
  chip().click();
  expect(text.folds[0]?.group.className).toBe("");
});
