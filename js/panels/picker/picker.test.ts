// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Content } from "../../session/content";
import type { Head } from "../../session/heads";
import { president } from "../../session/testing";
import { activeCell, gridOf, press, settle, setUp } from "../../testing";
import { picker } from "./picker";

const begin = (over: Partial<Content> = {}) => setUp({ ...president, ...over });

beforeEach(() => {
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 700 });
});
afterEach(() => {
  document.body.replaceChildren();
});

test("shows what fed the word held, the sink that is left out, and the top heads", async () => {
  const { ctx, host, state } = begin();
  picker.mount(host, ctx);
  state.held.value = [1];
  await settle();
  expect(host.querySelector(".title")?.textContent).toBe("Heads that fed “Washington”");
  expect(host.querySelector(".shade")?.textContent).toBe("3 layers × 4 heads · sink <b> left out (42 %)");
  const [top] = host.querySelectorAll<HTMLElement>(".top button");
  expect(top?.textContent).toBe("L1 H12 .500of");
  top?.dispatchEvent(new Event("pointerenter"));
  expect(state.hoveredHead.value).toEqual([0, 11]);
  top?.click();
  expect(state.heads.value).toEqual([[0, 11]]);
  state.hoveredInput.value = 2;
  await settle();
  expect(host.querySelector(".title")?.textContent).toBe("Heads that fed “Washington”");
  expect(host.querySelector(".shade")?.textContent).toMatch(/^from “America” · /);
});

test("keys move, preview and choose; choosing shows attention", async () => {
  const { ctx, host, state, announced } = begin();
  state.held.value = [1];
  picker.mount(host, ctx);
  await settle();
  const g = gridOf(host);
  press(g, "ArrowDown");
  press(g, "ArrowRight");
  expect(state.hoveredHead.value).toEqual([1, 1]);
  expect(activeCell(host).getAttribute("aria-label")).toBe("layer 2, head 2, 0.055");
  expect(host.querySelector(".peek")?.textContent).toBe("Peeking: layer 2, head 2 (.055)");
  press(g, "Enter");
  expect(state.heads.value).toEqual([[1, 1]]);
  expect(state.method.value).toBe("attention");
  expect(announced.at(-1)).toBe("layer 2, head 2 held");
  press(g, "End", { ctrlKey: true });
  press(g, " ");
  expect(state.heads.value).toEqual([
    [1, 1],
    [2, 3],
  ]);
  expect(host.querySelector(".cap")?.textContent).toBe(
    "Held: 2 heads: L2 H2, L3 H4. Several heads add up by their mean.",
  );
  press(g, "Home");
  expect(state.hoveredHead.value).toBeNull();
  press(g, "Enter");
  expect(state.layer.value).toBe(2);
  expect(state.heads.value).toEqual([]);
});

test("the rule and all heads", async () => {
  const { ctx, host, state } = begin();
  state.heads.value = [[0, 1] as Head, [0, 2] as Head];
  picker.mount(host, ctx);
  const rule = host.querySelector("select") as HTMLSelectElement;
  rule.value = "max";
  rule.dispatchEvent(new Event("change"));
  expect(state.options.value.head_rule).toBe("max");
  expect(host.querySelector(".cap")?.textContent).toContain("by their maximum");
  const all = host.querySelector(".controls button") as HTMLButtonElement;
  all.click();
  expect(state.heads.value).toEqual([]);
  expect(all.disabled).toBe(true);
});

test("a model without attention says why", () => {
  const { ctx, host, session, state } = begin({
    layers: 0,
    heads: 0,
    attention_note: "It has no attention.",
  });
  state.held.value = [0];
  picker.mount(host, ctx);
  expect(host.querySelector(".note")?.textContent).toBe("It has no attention.");
  expect((host.querySelector(".scroll")?.closest("[hidden]") as HTMLElement | null)?.hidden).toBe(true);
  expect(session.heads).not.toHaveBeenCalled();
});
