// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Content } from "../../session/content";
import type { StepLens } from "../../session/lens";
import { layersOf, press, recordingPaper, settle, setUp } from "../../testing";
import { layers } from "./layers";

let t: ReturnType<typeof setUp>;
const grid = () => t.host.querySelector<HTMLElement>(".scroll") as HTMLElement;
const note = () => t.host.querySelector(".top")?.textContent;
const begin = (over: Partial<Content>) => {
  t = setUp(over);
  const known = new Map<number, StepLens>();
  t.session.knownLens.mockImplementation(((step: number) => known.get(step) ?? null) as never);
  t.session.lens.mockImplementation(async (steps: readonly number[]) => {
    for (const step of steps) known.set(step, layersOf(step, 5));
    return [];
  });
  layers.mount(t.host, t.ctx);
};
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(600);
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(recordingPaper().paper as never);
  begin({ lens: { layers: 4, seconds: 0 } });
});
afterEach(() => void vi.restoreAllMocks());

test("the steps in view are read once", async () => {
  await settle(60);
  expect(t.session.lens.mock.calls.map((call) => call[0])).toEqual([[0, 1]]);
});

test("a click on a position holds it, and keys walk and hold", async () => {
  await settle(60);
  grid().dispatchEvent(new MouseEvent("click", { clientX: 200, clientY: 60 }));
  expect(t.state.held.value).toEqual([1]);
  press(grid(), "Home");
  press(grid(), "ArrowDown");
  const cell = t.host.querySelector('[role="gridcell"]:not([hidden])');
  expect(grid().getAttribute("aria-activedescendant")).toBe(cell?.id);
  expect(cell?.getAttribute("aria-label")).toMatch(/^layer \d; .*, at is$/);
  press(grid(), "Enter");
  expect(t.state.held.value).toEqual([0]);
});

test("a cell pointed at lists five words, and previews its position", async () => {
  await settle(60);
  grid().dispatchEvent(new PointerEvent("pointermove", { clientX: 60, clientY: 60 }));
  expect(t.state.hoveredSteps.value).toEqual([0]);
  expect(t.host.querySelector(".tip")?.textContent?.split("\n").length).toBe(7);
  grid().dispatchEvent(new PointerEvent("pointerleave"));
  expect(t.state.hoveredSteps.value).toEqual([]);
});

test("where the layers cannot be read, one sentence says so", () => {
  begin({ lens_note: "Predictions of single layers can be read of models that predict tokens." });
  expect([note(), t.host.querySelector<HTMLElement>(".frame")?.hidden]).toEqual([
    "Predictions of single layers can be read of models that predict tokens.",
    true,
  ]);
  begin({});
  expect(note()).toContain("needs the model");
});
