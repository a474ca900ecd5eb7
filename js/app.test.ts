// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { mountApp } from "./app";
import { type App, openApp, settle } from "./app-testing";
import { sample } from "./session/testing";

let app: App;

beforeEach(async () => {
  app = await openApp();
});
afterEach(() => app.close());

test("nothing chosen: the footer names the next action", () => {
  expect(app.say()).toContain("Hover a word of the answer");
});

test("hover previews and stays, click holds, leaving falls back, a second click lets go", async () => {
  app.point(3);
  await settle();
  expect(app.say()).toContain("Explaining 東, token 2 of 2");
  app.leave();
  expect(app.say()).toContain("Explaining 東, token 2 of 2");
  app.click(2);
  expect(app.state.held.value).toEqual([0]);
  app.point(3);
  expect(app.say()).toContain("東");
  app.leave();
  await settle();
  expect(app.say()).toContain("Explaining is, token 1 of 2");
  app.click(2);
  expect(app.state.held.value).toEqual([]);
});

test("a screen reader is told that the display is busy until the scores of what is shown have come", async () => {
  const busy = () => app.root.querySelector(".main")?.getAttribute("aria-busy");
  expect(busy()).toBe("false");
  app.click(2);
  expect(busy()).toBe("true");
  await settle();
  await settle();
  expect(busy()).toBe("false");
  app.click(2);
  app.point(0);
  expect(busy()).toBe("true");
  app.leave();
  await settle();
  await settle();
  expect(busy()).toBe("false");
});

test("shift-click extends to a span", async () => {
  app.click(2);
  app.click(3, { shiftKey: true });
  expect(app.state.held.value).toEqual([0, 1]);
  await settle();
  expect(app.say()).toContain("tokens 1–2 of 2, mean of 2 steps");
  expect([0, 1, 2, 3].map((u) => app.unit(u).getAttribute("aria-selected"))).toEqual([
    "false",
    "false",
    "true",
    "true",
  ]);
});

test("the footer ends with the note of the step; steps with different notes have none", async () => {
  app.click(2);
  await settle();
  expect(app.say()).toMatch(/ · note of step 0$/);
  app.click(3, { shiftKey: true });
  await settle();
  expect(app.say()).toContain("2 steps");
  expect(app.say()).not.toContain("note of");
});

test("a click on the prompt changes nothing", () => {
  app.click(2);
  app.click(1);
  expect(app.state.held.value).toEqual([0]);
});

test("a word of the prompt shows its number for what is held", async () => {
  app.click(3);
  await settle();
  app.point(1);
  await settle();
  expect(app.root.querySelector(".tip")?.textContent).toBe("Paris → 東 .500");
  expect(app.unit(1).getAttribute("aria-description")).toBe("gave 0.500");
});

test("with nothing held, a word of the prompt tells what it fed", async () => {
  app.point(1);
  await settle();
  expect(app.say()).toContain("Paris gave most to is: .750");
});

test("keys move the cursor, hold and let go", async () => {
  app.unit(0).focus();
  for (const name of ["End", "ArrowLeft", "Enter"]) app.key(name);
  expect(app.root.activeElement).toBe(app.unit(2));
  expect([...app.root.querySelectorAll(".t[tabindex]")]).toEqual([app.unit(2)]);
  expect(app.state.held.value).toEqual([0]);
  app.key("Escape");
  expect(app.state.held.value).toEqual([]);
});

test("brackets choose a layer, and attention with it", async () => {
  app.click(3);
  app.key("]");
  expect([app.state.method.value, app.state.layer.value]).toEqual(["attention", 0]);
  await settle();
  expect(app.session.asked.at(-1)).toEqual({ method: "attention", layer: 0, heads: [], head_rule: "mean" });
  expect(app.say()).toContain("attention of layer 1, mean of its 2 heads");
});

test("methods are switched by the bar", async () => {
  app.click(3);
  [...app.root.querySelectorAll<HTMLElement>("header [role=radio]")]
    .find((b) => b.textContent === "Attention")
    ?.click();
  await settle();
  expect(app.state.method.value).toBe("attention");
  expect(app.root.querySelector(".legend")?.textContent).toContain(".600");
});

test("hidden tokens leave the scale, and the legend says what they held", async () => {
  app.click(3);
  app.state.options.value = { ...app.state.options.value, hide_special: true, renormalize: true };
  await settle();
  expect(app.root.querySelector(".legend")?.textContent).toContain(
    "hidden tokens hold 13 %, given to the rest",
  );
  app.point(1);
  await settle();
  expect(app.root.querySelector(".tip")?.textContent).toBe("Paris → 東 .571");
});

test("an error is shown with a way back", async () => {
  app.session.trouble = new Error("The model is gone.");
  app.click(3);
  await settle();
  expect(app.root.querySelector("[role=alert] span")?.textContent).toBe("The model is gone.");
  const size = app.root.querySelector(".aw-why .size");
  expect(size?.textContent).toBe("The model is gone.");
  app.session.trouble = null;
  app.root.querySelector<HTMLElement>(".trouble button")?.click();
  await settle();
  expect(app.root.querySelector("[role=alert]")).toBeNull();
  expect(app.root.querySelector(".legend")?.textContent).toContain(".500");
  expect(size?.textContent).toContain("inputs");
});

test("new content replaces the old", async () => {
  app.click(3);
  app.state.held.value = [];
  app.state.content.value = {
    ...sample,
    tokens: { ...sample.tokens, text: ["<s>", " Rome", " was", " x"] },
  };
  await settle();
  expect([...app.root.querySelectorAll(".t")].map((t) => t.textContent)).toEqual(["<s>", "Rome", "was", "x"]);
});

test("a second display follows the same state", async () => {
  const el = document.createElement("div");
  document.body.append(el);
  mountApp(el, { state: app.state, session: app.session, notes: ["A note."] }, app.end.signal);
  app.click(3);
  await settle();
  expect(el.shadowRoot?.querySelector(".sentence")?.textContent).toContain("東");
  expect(el.shadowRoot?.querySelector(".notes")?.textContent).toBe("A note.");
});

test("what is held is spoken with what carried it", async () => {
  app.click(3);
  await settle();
  await settle();
  expect(app.root.querySelector("[aria-live]")?.textContent).toContain("Holding 東, probability 0.500.");
  expect(app.root.querySelector("[aria-live]")?.textContent).toContain("Most from Paris 0.500");
});

test("nothing is left after the end", () => {
  app.end.abort();
  expect(app.root.childElementCount).toBe(0);
});

test("the heads are those that fed the word held, whatever method is shown", async () => {
  app.state.held.value = [1];
  await settle();
  expect(app.session.shaded.at(-1)?.slice(0, 3)).toEqual([[1], null, null]);
  expect(app.root.querySelector(".aw-picker .title")?.textContent).toBe("Heads that fed “東”");
  expect(app.root.querySelector(".aw-picker .range")?.textContent).toBe("equal share .250.533");
  const asked = app.session.shaded.length;
  app.state.method.value = "input_x_gradient";
  await settle();
  expect(app.session.shaded.length).toBe(asked);
});

test("the keys are named after what they move between", () => {
  const keys = () => app.root.querySelector(".keys")?.textContent;
  expect(keys()).toContain("→ token[");
  app.state.content.value = { ...sample, steps: { ...sample.steps, step_noun: ["class", "classes"] } };
  expect(keys()).toContain("→ token or class[");
});
