// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import { setUp } from "../../testing";
import { strip } from "./strip";

let t: ReturnType<typeof setUp>;
const line = () => t.host.querySelector<HTMLElement>(".strip");
const begin = () => {
  t = setUp({ steps: { ...sample.steps, suggested: [1] } });
  strip.mount(t.host, t.ctx, t.host);
};
beforeEach(() => {
  localStorage.clear();
  begin();
});
afterEach(() => vi.useRealTimers());

test("the first click anywhere takes it away for good", () => {
  expect(line()?.textContent).toContain("First time?");
  t.host.click();
  expect(line()).toBeNull();
  begin();
  expect(line()).toBeNull();
});

test("show me does the three steps on the text at hand", async () => {
  vi.useFakeTimers();
  line()?.querySelector("button")?.click();
  expect([line()?.querySelector(".say")?.textContent, t.state.hoveredSteps.value]).toEqual([
    "Pointing at “東” …",
    [1],
  ]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(t.state.held.value).toEqual([1]);
  await vi.advanceTimersByTimeAsync(6000);
  expect([line(), t.state.hoveredSteps.value]).toEqual([null, []]);
});

test("a click in the middle ends it", async () => {
  vi.useFakeTimers();
  line()?.querySelector("button")?.click();
  t.host.click();
  await vi.advanceTimersByTimeAsync(9000);
  expect([line(), t.state.held.value]).toEqual([null, []]);
});

test("where nothing can be stored it is shown again", () => {
  vi.stubGlobal("localStorage", undefined);
  t.host.click();
  begin();
  expect(line()).not.toBeNull();
  vi.unstubAllGlobals();
});

test("without an answer there is nothing to explain", () => {
  t = setUp({ steps: { first: 4, count: 0, probability: [], rank: [], entropy: [], alternatives: [] } });
  strip.mount(t.host, t.ctx, t.host);
  expect(line()).toBeNull();
});
