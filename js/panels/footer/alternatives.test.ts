// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { sample } from "../../session/testing";
import { press, settle, setUp } from "../../testing";
import { mountAlternatives } from "./alternatives";

let t: ReturnType<typeof setUp>;
const chips = () => [...t.host.querySelectorAll<HTMLElement>("li:not([hidden]) button")];
const input = () => t.host.querySelector("input") as HTMLInputElement;
const message = () => t.host.querySelector(".message")?.textContent;
const type = async (text: string) => {
  input().value = text;
  press(input(), "Enter");
  await settle();
};
beforeEach(() => {
  t = setUp({ contrast_whole: { input_x_gradient: "…, less that of the other word" } });
  mountAlternatives(t.host, t.ctx);
});

test("alternatives are those of the one step explained", () => {
  expect(t.host.hidden).toBe(true);
  t.state.held.value = [0];
  expect(chips().map((chip) => chip.textContent)).toEqual(["was.125"]);
  t.state.hoveredSteps.value = [1];
  expect([chips().length, t.host.hidden]).toEqual([0, false]);
  t.state.held.value = [0, 1];
  t.state.hoveredSteps.value = [];
  expect(t.host.hidden).toBe(true);
});

test("classes, which stand in the text with their probabilities, are there only where one can be asked about", () => {
  const steps = { ...sample.steps, step_noun: ["class", "classes"] as const };
  for (const able of [true, false]) {
    t = setUp({ steps, ...(able ? {} : { contrast: {} }) });
    mountAlternatives(t.host, t.ctx);
    t.state.held.value = [0];
    expect(t.host.hidden).toBe(!able);
  }
});

test("a click contrasts, a second one lets go", () => {
  t.state.held.value = [0];
  chips()[0]?.click();
  expect(t.state.foil.value).toEqual({ step: 0, ids: [7], text: " was" });
  expect(chips()[0]?.getAttribute("aria-pressed")).toBe("true");
  chips()[0]?.click();
  expect(t.state.foil.value).toBeNull();
});

test("any word can be a foil, and is compared whole", async () => {
  t.session.foil.mockResolvedValue({ step: 0, ids: [40, 41], text: " London" });
  t.state.held.value = [0];
  await type("London");
  expect(t.session.foil.mock.calls[0]?.slice(0, 2)).toEqual([0, "London"]);
  expect(chips().map((chip) => chip.textContent)).toEqual(["was.125", "London"]);
  expect(chips().map((chip) => chip.getAttribute("aria-pressed"))).toEqual(["false", "true"]);
  expect([message(), input().value]).toEqual(["", ""]);
});

test("the model writes on from a foil, and the answer before comes back", async () => {
  const button = (text: string) =>
    [...t.host.querySelectorAll<HTMLButtonElement>("button.act")].find((b) => b.textContent?.includes(text));
  t.state.held.value = [0];
  expect(button("write on")?.hidden ?? true).toBe(true);
  chips()[0]?.click();
  expect(button("write on")?.textContent).toBe("write on from “was”");
  button("write on")?.click();
  expect(t.session.changes.writeOn.mock.lastCall?.at(0)).toEqual({ step: 0, ids: [7], text: " was" });
  expect(button("answer before")?.hidden).toBe(true);
  t.state.content.value = { ...t.state.content.value, continued: true };
  t.state.held.value = [];
  expect([t.host.hidden, button("answer before")?.hidden]).toEqual([false, false]);
  button("answer before")?.click();
  expect(t.session.changes.back).toHaveBeenCalledOnce();
});

test("a word that cannot be a foil gets the reason, and the foil stays", async () => {
  t.session.foil.mockRejectedValue(new Error("“is” is what the model said there."));
  t.state.held.value = [0];
  await type("is");
  expect([message(), t.state.foil.value]).toEqual(["“is” is what the model said there.", null]);
});

test("an empty word asks nothing", async () => {
  t.state.held.value = [0];
  await type("  ");
  expect(t.session.foil).not.toHaveBeenCalled();
});

test("of a word of several tokens, alternatives say that they are of its first piece", () => {
  const text = [" the", " Paris", " Lux", "emb"];
  t.state.content.value = { ...t.state.content.value, tokens: { ...t.state.content.value.tokens, text } };
  t.state.held.value = [0, 1];
  expect(t.host.firstElementChild?.textContent).toBe("Instead of its first piece “Lux”");
  t.state.held.value = [0];
  expect(t.host.firstElementChild?.textContent).toBe("Why not");
});
