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
  expect(caption()).toContain("a row for each token of the answer, from left");
  expect(caption()).toContain("The strongest blue is .500 and more");
  const content = t.state.content.value;
  t.state.content.value = { ...content, steps: { ...content.steps, step_noun: ["class", "classes"] } };
  await settle();
  expect(caption()).toContain("a row for each class, from left");
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

test("a page without Python says which attention it carries", async () => {
  heads.mount(t.host, t.ctx);
  await settle();
  expect(caption()).toContain(
    "This page carries what the answer read; what other tokens read needs the model.",
  );
  Object.assign(t.session, { figure: vi.fn() });
  t.state.content.value = { ...t.state.content.value };
  await settle();
  expect(caption()).not.toContain("This page carries");
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

test("a part of the attention is chosen, and a head of it is enlarged here", async () => {
  const size = { layers: 2, heads: 2, of_steps: false };
  const span = [0, 3] as const;
  t = setUp({
    parts: [
      { name: "answer", title: "the answer", rows: [2, 4], columns: span, ...size, of_steps: true },
      { name: "all", title: "all tokens", rows: span, columns: span, ...size },
    ],
  });
  heads.mount(t.host, t.ctx);
  await settle();
  t.host.querySelector<HTMLElement>("[data-value=all]")?.click();
  await settle();
  expect(t.state.options.value.part).toBe("all");
  expect(t.session.glance.mock.lastCall).toEqual([3, 3, expect.anything(), "all"]);
  press(grid(), "Enter");
  await settle();
  expect(t.session.headMap.mock.lastCall?.slice(0, 4)).toEqual(["all", [0, 0], 3, 3]);
  expect(t.state.view.value).not.toBe("matrix");
  const map = t.host.querySelector<HTMLElement>(".map canvas") as HTMLElement;
  press(map, "ArrowRight");
  press(map, "ArrowDown");
  expect(t.host.querySelector("[role=status]")?.textContent).toBe("Paris reads <s>: .030");
  expect(t.state.pair.value).toEqual({ part: "all", head: [0, 0], step: 1, input: 0 });
  t.host.querySelector<HTMLElement>(".map button")?.click();
  expect([t.state.heads.value, t.state.pair.value]).toEqual([[], null]);
});

test("the head of an encoder is enlarged by an option, and none of the decoder is held for it", async () => {
  const span = [0, 2] as const;
  const encoder = { name: "encoder", title: "encoder", rows: span, columns: span, layers: 2, heads: 2 };
  t = setUp({ parts: [{ ...encoder, of_steps: false }] });
  t.state.options.value = { ...t.state.options.value, part: "encoder", enlarged: [1, 0] };
  heads.mount(t.host, t.ctx);
  await settle();
  expect(t.session.headMap.mock.lastCall?.slice(0, 2)).toEqual(["encoder", [1, 0]]);
  t.host.querySelector<HTMLElement>(".map button")?.click();
  await settle();
  expect([t.state.options.value.enlarged, t.host.querySelector<HTMLElement>(".map")?.hidden]).toEqual([
    null,
    true,
  ]);
  press(grid(), "Enter");
  expect([t.state.options.value.enlarged, t.state.heads.value]).toEqual([[0, 0], []]);
});
