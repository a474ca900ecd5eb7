// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StepLens } from "../../session/lens";
import { followLater } from "../../state/later";
import { layersOf, settle, setUp } from "../../testing";
import { layers } from "./layers";

let t: ReturnType<typeof setUp>;
let known: Map<number, StepLens>;
const root = () => t.host.querySelector<HTMLElement>(".aw-layers") as HTMLElement;
const rows = () => [...t.host.querySelectorAll<HTMLElement>("li:not([hidden])")];
const open = () => t.host.querySelector<HTMLButtonElement>("button:not(.all)") as HTMLButtonElement;
const begin = (seconds: number | null) => {
  t = setUp(seconds === null ? {} : { lens: { layers: 4, seconds } });
  known = new Map();
  t.session.knownLens.mockImplementation(((step: number) => known.get(step) ?? null) as never);
  t.session.lens.mockImplementation(async ([step]: readonly number[]) => {
    known.set(step as number, layersOf(step as number, 5));
    return [];
  });
  layers.mount(t.host, t.ctx);
};
/** An element is in view as soon as it is watched. */
class InView {
  constructor(private readonly tell: (entries: readonly { isIntersecting: boolean }[]) => void) {}
  observe() {
    this.tell([{ isIntersecting: true }]);
  }
  disconnect() {}
}
beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", InView);
  begin(0.3);
});
afterEach(() => void vi.unstubAllGlobals());

test("the view of that name says it instead", () => {
  t.state.view.value = "layers";
  expect(root().hidden).toBe(true);
  t.state.view.value = "flow";
  expect(root().hidden).toBe(false);
});

test("what the layers would have said, once a word has rested", async () => {
  t.state.held.value = [0];
  await settle(100);
  expect(t.session.lens).not.toHaveBeenCalled();
  await settle(500);
  expect(t.session.lens.mock.calls[0]?.slice(0, 1)).toEqual([[0]]);
  expect(rows().map((row) => row.textContent)).toEqual(["1the.250", "2the.500", "3said.500", "4said.750"]);
  expect(rows().map((row) => row.classList.contains("said"))).toEqual([false, false, true, true]);
  expect(t.host.querySelector("p:last-child")?.textContent).toBe("is leads from layer 3 of 4 on");
  expect(rows()[1]?.title).toContain("layer 2\n.500 the\n.125 a");
});

test("a word that is left at once is not read, and one that is known shows at once", async () => {
  t.state.hoveredSteps.value = [1];
  await settle(100);
  t.state.hoveredSteps.value = [0];
  await settle(600);
  expect(t.session.lens.mock.calls.map(([steps]) => steps)).toEqual([[0]]);
  t.state.hoveredSteps.value = [];
  t.state.held.value = [0];
  expect(rows()).toHaveLength(4);
});

test("layers that take long wait for a click", async () => {
  begin(3.2);
  t.state.held.value = [1];
  await settle(600);
  expect([open().textContent, t.session.lens.mock.calls.length]).toEqual(["Show (about 3 s)", 0]);
  open().click();
  await settle(600);
  expect([open().hidden, rows().length]).toEqual([true, 4]);
});

test("the panel is hidden where the layers cannot be read, or turn out not to be", async () => {
  begin(null);
  expect(root().hidden).toBe(true);
  begin(0.3);
  t.session.lens.mockRejectedValue(new Error("has no plain list of layers"));
  t.state.held.value = [1];
  await settle(600);
  expect(root().hidden).toBe(true);
});

test("the tints of a word come first: its layers are written after the next frame", async () => {
  const later = (body: () => void) => followLater(body, t.end.signal);
  t.host.replaceChildren();
  for (const step of [0, 1]) known.set(step, layersOf(step, 5));
  t.state.held.value = [0];
  layers.mount(t.host, { ...t.ctx, later });
  const lead = () => t.host.querySelector("p:last-child b")?.textContent;
  expect(lead()).toBe("is");
  t.state.hoveredSteps.value = [1];
  expect(lead()).toBe("is");
  await settle(60);
  expect(lead()).toBe("東");
});
