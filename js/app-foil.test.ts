// @vitest-environment happy-dom
/** Why this word and not another, asked in the whole display. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type App, openApp, settle } from "./app-testing";
import { sample } from "./session/testing";

let app: App;

beforeEach(async () => {
  app = await openApp();
});
afterEach(() => app.close());

const chips = () =>
  [...app.root.querySelectorAll<HTMLElement>(".instead li:not([hidden]) button")].map((chip) => ({
    chip,
    text: chip.textContent,
    pressed: chip.getAttribute("aria-pressed") === "true",
  }));
const type = async (text: string) => {
  const input = app.root.querySelector<HTMLInputElement>(".instead input") as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await settle();
};

test("a chip asks why not, again or Esc lets go of the foil alone", async () => {
  app.state.method.value = "input_x_gradient";
  app.click(2);
  await settle();
  expect(chips()).toMatchObject([{ text: "was.125", pressed: false }]);
  chips()[0]?.chip.click();
  await settle();
  expect(app.state.foil.value).toEqual({ step: 0, ids: [7], text: " was" });
  expect(app.session.asked.at(-1)).toMatchObject({ method: "input_x_gradient", foil: [7] });
  expect(app.say()).toBe(
    "Why is and not was, token 1 of 2 · p = .750 · rank 1 · input × gradient of logit minus the foil's",
  );
  expect(app.root.querySelector(".legend")?.textContent).toContain("solid for it, dashed for the other");
  expect(chips()).toMatchObject([{ pressed: true }]);
  app.point(3);
  await settle();
  expect(app.session.asked.at(-1)).not.toHaveProperty("foil");
  app.leave();
  await settle();
  chips()[0]?.chip.click();
  expect([app.state.held.value, app.state.foil.value]).toEqual([[0], null]);
  await settle();
  chips()[0]?.chip.click();
  app.unit(2).focus();
  app.key("Escape");
  expect([app.state.held.value, app.state.foil.value]).toEqual([[0], null]);
  app.key("Escape");
  expect(app.state.held.value).toEqual([]);
});

test("holding something else lets go of the foil", async () => {
  app.click(2);
  await settle();
  chips()[0]?.chip.click();
  expect(app.state.foil.value).not.toBeNull();
  app.click(3);
  expect([app.state.held.value, app.state.foil.value]).toEqual([[1], null]);
});

test("a method without use for a foil says so", async () => {
  app.click(2);
  await settle();
  chips()[0]?.chip.click();
  await settle();
  expect(app.session.asked.at(-1)).not.toHaveProperty("foil");
  expect(app.say()).toContain("Explaining is,");
  expect(app.say()).toContain("not against was: Saliency takes no foil");
});

test("any word may be a foil", async () => {
  app.click(2);
  await settle();
  await type("is");
  expect(app.root.querySelector(".message")?.textContent).toBe("“is” is what the model said there.");
  await type("wasn't");
  expect(app.state.foil.value).toEqual({ step: 0, ids: [40], text: " was" });
  expect(chips()).toMatchObject([{ pressed: false }, { text: "was", pressed: true }]);
  expect(app.root.querySelector(".message")?.textContent).toBe("");
  app.key("Escape");
  await settle();
  expect(chips()).toHaveLength(1);
});

test("without the model chips say why they cannot be asked about", async () => {
  app.state.content.value = { ...sample, contrast: {} };
  app.click(2);
  await settle();
  chips()[0]?.chip.click();
  expect(app.state.foil.value).toBeNull();
  expect(chips()[0]?.chip.getAttribute("aria-disabled")).toBe("true");
  expect(chips()[0]?.chip.title).toContain("needs the model");
  expect(app.root.querySelector<HTMLElement>(".instead input")?.hidden).toBe(true);
});
