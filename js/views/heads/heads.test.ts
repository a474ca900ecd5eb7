// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { press, settle, setUp } from "../../testing";
import { heads } from "./heads";

let t: ReturnType<typeof setUp>;
const grid = () => t.host.querySelector("[role=grid]") as HTMLElement;
const caption = () => t.host.querySelector(".top")?.textContent;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(300);
  t = setUp();
});
afterEach(() => {
  t.end.abort();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the pictures are asked for once, and the scale is named", async () => {
  heads.mount(t.host, t.ctx);
  await settle();
  expect(t.session.glance.mock.calls.map(([rows, cols]) => [rows, cols])).toEqual([[2, 3]]);
  expect(caption()).toContain("The strongest blue is .500 and more");
});

test("keys move over the pictures, and Enter enlarges one", async () => {
  heads.mount(t.host, t.ctx);
  await settle();
  press(grid(), "ArrowRight");
  expect(t.state.hoveredHead.value).toEqual([0, 1]);
  expect(grid().querySelector("[role=gridcell]")?.getAttribute("aria-label")).toBe("layer 1, head 2");
  press(grid(), "Enter");
  expect([t.state.view.value, t.state.method.value, t.state.heads.value]).toEqual([
    "matrix",
    "attention",
    [[0, 1]],
  ]);
});

test("a head that is held already stays held when it is enlarged", async () => {
  t.state.heads.value = [[0, 0]];
  heads.mount(t.host, t.ctx);
  await settle();
  press(grid(), "Enter");
  expect(t.state.heads.value).toEqual([[0, 0]]);
});

test("without attention it says why", () => {
  t = setUp({ layers: 0, heads: 0, attention_note: "This model has none." });
  heads.mount(t.host, t.ctx);
  expect([caption(), t.host.querySelector<HTMLElement>(".scroll")?.hidden]).toEqual([
    "This model has none.",
    true,
  ]);
  expect(t.session.glance).not.toHaveBeenCalled();
});
