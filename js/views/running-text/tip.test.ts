// @vitest-environment happy-dom
import { effect } from "@preact/signals-core";
import { beforeEach, expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { buildText, type TextElements } from "./build";
import { placeTip, tipElement, updateTip } from "./tip";

let t: ReturnType<typeof setUp>;
let text: TextElements;
const tip = tipElement();
beforeEach(() => {
  t = setUp();
  text = buildText(t.state.content.value, false);
  t.end.signal.addEventListener(
    "abort",
    effect(() => {
      updateTip(tip, text, t.ctx);
    }),
  );
});

test("an input shows what it gave to what is held, and tells screen readers", async () => {
  expect(tip.hidden).toBe(true);
  t.state.held.value = [1];
  t.state.hoveredInput.value = 1;
  await settle();
  expect([tip.hidden, tip.textContent]).toEqual([false, "Paris → 東 .500"]);
  expect(text.units[1]?.getAttribute("aria-description")).toBe("gave 0.500");
});

test("a word of the answer shows what it gave to the word held", async () => {
  t.state.held.value = [1];
  await settle();
  t.state.hoveredSteps.value = [0];
  expect(tip.textContent).toBe("is → 東 .375");
});

test("long words are cut in the middle", async () => {
  const tokens = { ...t.state.content.value.tokens, text: ["<s>", ` ${"long".repeat(9)}er`, " is", " 東"] };
  t.state.content.value = { ...t.state.content.value, tokens };
  t.state.held.value = [1];
  t.state.hoveredInput.value = 1;
  await settle();
  expect(tip.textContent).toBe("longlonglonglonglo…onger → 東 .500");
});

test("a hidden input says so, and without anything held there is no tip", async () => {
  t.state.held.value = [0];
  t.state.options.value = { ...t.state.options.value, hide_special: true };
  t.state.hoveredInput.value = 0;
  await settle();
  expect(tip.textContent).toBe("<s> → is hidden");
  t.state.held.value = [];
  await settle();
  expect(tip.hidden).toBe(true);
});

test("it stands above its box, inside the width of the text", () => {
  placeTip(tip, { left: 0, top: 40, width: 30, height: 20 }, 10);
  expect(tip.style.transform).toBe("translate(10px, 36px)");
});

test("beside a point it leaves free what the point is on", () => {
  placeTip(tip, { left: 50, top: 40, width: 0, height: 0 }, 400);
  expect(tip.style.transform).toBe("translate(64px, 44px)");
});
