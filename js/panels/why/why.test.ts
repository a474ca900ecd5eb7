// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { why } from "./why";

let t: ReturnType<typeof setUp>;
const rows = () => [...t.host.querySelectorAll<HTMLElement>("li:not([hidden]) button")];
const text = (selector: string) => t.host.querySelector(selector)?.textContent;
beforeEach(() => {
  t = setUp();
  why.mount(t.host, t.ctx);
});

test("the inputs that gave most to the word held, and how much they hold", async () => {
  t.state.held.value = [1];
  await settle(120);
  expect(text(".title")).toBe("Why 東");
  expect(rows().map((row) => row.textContent)).toEqual(["Paris.500", "is.375", "<s>.125"]);
  expect(text(".size")).toBe("all 3 inputs");
});

test("with nothing held it is of the whole answer", async () => {
  await settle(120);
  expect(text(".title")).toBe("Why this answer");
  expect(rows()[0]?.textContent).toBe("Paris.625");
});

test("a signed method has bars to both sides", async () => {
  t = setUp({}, [
    [0.25, -0.75, Number.NaN],
    [0, 0, 0],
  ]);
  why.mount(t.host, t.ctx);
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  await settle(120);
  expect(rows().map((row) => row.textContent)).toEqual(["Paris−.750", "<s>+.250"]);
  expect([...t.host.querySelectorAll(".track i")].slice(0, 2).map((bar) => bar.className)).toEqual([
    "takes",
    "adds",
  ]);
});

test("hover frames an input, a click shows it alone, and a second one all", async () => {
  t.state.held.value = [0];
  await settle(120);
  rows()[0]?.dispatchEvent(new PointerEvent("pointerenter"));
  expect(t.state.hoveredInput.value).toBe(1);
  rows()[0]?.dispatchEvent(new PointerEvent("pointerleave"));
  expect(t.state.hoveredInput.value).toBeNull();
  rows()[0]?.click();
  expect([t.state.alone.value, rows()[0]?.getAttribute("aria-pressed")]).toEqual([1, "true"]);
  rows()[0]?.click();
  expect([t.state.alone.value, rows()[0]?.getAttribute("aria-pressed")]).toEqual([null, "false"]);
  expect(t.announced.slice(-2)).toEqual(["Paris alone.", "All inputs."]);
});

test("without an answer there is nothing to list", async () => {
  t = setUp({ steps: { first: 4, count: 0, probability: [], rank: [], entropy: [], alternatives: [] } });
  why.mount(t.host, t.ctx);
  await settle(120);
  expect(t.host.querySelector<HTMLElement>(".aw-why")?.hidden).toBe(true);
});

test("signed scores are added up: to the score where the method promises it, else by themselves", async () => {
  const signed = [
    [0.25, -0.75, Number.NaN],
    [0, 0, 0],
  ];
  t = setUp({}, signed);
  why.mount(t.host, t.ctx);
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  await settle(120);
  expect(text(".sum")).toBe("adds .250, takes .750 = −.500");

  t = setUp({}, signed);
  t.session.sums.mockReturnValue([2, 1.5]);
  why.mount(t.host, t.ctx);
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  await settle(120);
  expect(text(".sum")).toBe("base 2.00 − .500 = 1.50, the score 1.50");
  t.session.sums.mockReturnValue([2, 1.75]);
  t.state.held.value = [];
  t.state.held.value = [0];
  await settle(120);
  expect(text(".sum")).toBe("base 2.00 − .500 = 1.50, the score 1.75 (+.250 is missing)");
});

test("the sum keeps its room while a head is pointed at: the head must not move from under the pointer", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [1];
  await settle(120);
  t.state.hoveredHead.value = [0, 1];
  await settle(120);
  const sum = t.host.querySelector<HTMLElement>(".sum");
  expect([sum?.hidden, sum?.className]).toEqual([false, "sum waiting"]);
});

test("shares have no such line", async () => {
  t.state.held.value = [1];
  await settle(120);
  expect(t.host.querySelector<HTMLElement>(".sum")?.hidden).toBe(true);
});

test("against a foil, the list says so", async () => {
  t.state.method.value = "input_x_gradient";
  t.state.content.value = { ...t.state.content.value, contrast: { input_x_gradient: "…" } };
  t.state.held.value = [0];
  t.state.foil.value = { step: 0, ids: [7], text: " was" };
  await settle(120);
  expect(text(".title")).toBe("Why is, not was");
});

const pieces = {
  tokens: { count: 5, start: [0, 1, 2, 3, 4], text: ["<s>", " Lux", "emb", " is", " 東"], special: [0] },
  inputs: 4,
  sections: [{ title: "Prompt", start: 0, end: 3 }],
  steps: { ...sample.steps, first: 3 },
};

test("a word of several tokens is one row with their sum, and is pointed at and shown alone as one", async () => {
  t = setUp(pieces, [
    [0.125, 0.5, 0.375, Number.NaN],
    [0.125, 0.25, 0.25, 0.375],
  ]);
  why.mount(t.host, t.ctx);
  t.state.held.value = [1];
  await settle(120);
  expect(rows().map((row) => row.textContent)).toEqual(["Luxemb.500", "is.375", "<s>.125"]);
  rows()[0]?.dispatchEvent(new PointerEvent("pointerenter"));
  expect([t.state.hoveredInput.value, t.state.hoveredWord.value]).toEqual([1, true]);
  rows()[0]?.dispatchEvent(new PointerEvent("pointerleave"));
  expect(t.state.hoveredWord.value).toBe(false);
});

test("a sink is not in the list, and is named as left out, whatever the sign", async () => {
  t = setUp({}, [
    [-9, 2, Number.NaN],
    [0, 0, 0],
  ]);
  why.mount(t.host, t.ctx);
  t.state.method.value = "input_x_gradient";
  t.state.held.value = [0];
  await settle(120);
  expect(rows().map((row) => row.textContent)).toEqual(["Paris+2.00"]);
  expect(text(".size")).toBe("the only input · <s> left out");
});

test("scores that do not tell classes apart do not answer why it is this one", async () => {
  t = setUp({ steps: { ...sample.steps, step_noun: ["class", "classes"] } });
  why.mount(t.host, t.ctx);
  t.state.held.value = [0];
  await settle(120);
  expect(text(".title")).toBe("What the answer depended on");
  t.state.method.value = "input_x_gradient";
  await settle(120);
  expect(text(".title")).toBe("Why is");
});

test("some words never hold all of it", async () => {
  const count = 9;
  t = setUp(
    {
      tokens: {
        count,
        start: Array.from({ length: count }, (_, i) => i),
        text: ["<s>", " a", " b", " c", " d", " e", " f", " g", " 東"],
        special: [0],
      },
      inputs: 8,
      sections: [],
      steps: { ...sample.steps, first: 8, count: 1 },
    },
    [[0.0002, 0.1999, 0.2, 0.2, 0.2, 0.1995, 0.0002, 0.0002]],
  );
  why.mount(t.host, t.ctx);
  t.state.held.value = [0];
  await settle(120);
  expect(text(".size")).toBe("top 5 of 8 hold over 99 %");
});
