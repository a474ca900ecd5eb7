// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { setUp } from "../../testing";
import { optionsPanel } from "./options";

let t: ReturnType<typeof setUp>;
let panel: HTMLElement;
const label = (text: string) =>
  [...panel.querySelectorAll<HTMLElement>("label.tick")].find(
    (element) => element.textContent === text,
  ) as HTMLElement;
const box = (text: string) => label(text).querySelector("input") as HTMLInputElement;
const radio = (group: string, text: string) =>
  [...panel.querySelectorAll<HTMLElement>(`[aria-label="${group}"] [role=radio]`)].find(
    (r) => r.textContent === text,
  );
beforeEach(() => {
  t = setUp();
  panel = optionsPanel(t.ctx);
  document.body.replaceChildren(panel);
});

test("each control sets its option and follows it", () => {
  radio("Several heads", "maximum")?.click();
  radio("Several words", "sum")?.click();
  box("Hide special tokens").click();
  box("Show spaces and newlines").click();
  expect(t.state.options.value).toMatchObject({
    head_rule: "max",
    span_rule: "sum",
    hide_special: true,
    hide_first: false,
    show_whitespace: true,
  });
  t.state.options.value = { ...t.state.options.value, head_rule: "median", intensity: 0.35 };
  expect(radio("Several heads", "median")?.getAttribute("aria-checked")).toBe("true");
  expect(panel.querySelector<HTMLInputElement>("[type=range]")?.value).toBe("0.35");
});

test("renormalising needs something hidden", () => {
  const rest = "Give what they hold to the rest";
  expect(box(rest).disabled).toBe(true);
  box("Hide the first token").click();
  expect(box(rest).disabled).toBe(false);
});

test("only an encoder–decoder has a target to hide", () => {
  const target = "Hide the target so far";
  expect(label(target).hidden).toBe(true);
  t.state.content.value = { ...t.state.content.value, source: 2 };
  expect(label(target).hidden).toBe(false);
});
