// @vitest-environment happy-dom
import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import { createState } from "../../state/state";
import { settle, setUp } from "../../testing";
import { compare } from "./compare";

let t: ReturnType<typeof setUp>;
const all = <E extends HTMLElement>(selector: string) => [...t.host.querySelectorAll<E>(selector)];
const line = () => t.host.querySelector(".cmp-line")?.textContent;
const press = (text: string) =>
  all("button")
    .find((b) => b.textContent === text)
    ?.click();
const words = (pane: number) => [
  ...(all(".cmp-pane")[pane]?.querySelectorAll<HTMLElement>("[role=option]") ?? []),
];

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  t = setUp({ tokens: { ...sample.tokens, special: [] } });
  t.session.scores.mockImplementation(async ({ method }, steps) =>
    Float32Array.from(
      steps.flatMap(() => (method === "saliency" ? [0.125, 0.5, 0.375] : [0.5, 0.25, -0.25])),
    ),
  );
});
afterEach(() => {
  t.end.abort();
  vi.unstubAllGlobals();
});

test("two methods stand side by side and share what is held", async () => {
  compare.mount(t.host, t.ctx);
  t.state.held.value = [1];
  await settle(80);
  expect(all<HTMLSelectElement>("select").map(({ value }) => value)).toEqual([
    "saliency",
    "input_x_gradient",
  ]);
  // By size: .125 < .375 < .5 here, and there .25 = .25 < .5: two pairs turned, one tied.
  expect(line()).toContain("Order alike: Kendall τ −.816");
  expect(line()).toContain("they part at <s>: Saliency last of 3, Input × gradient 1st");
  words(1)[2]?.click();
  expect(t.state.held.value).toEqual([0]);
});

test("the difference is one text", async () => {
  compare.mount(t.host, t.ctx);
  t.state.held.value = [1];
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  await settle(80);
  expect(all(".cmp-pane").length).toBe(1);
  expect(all(".cmp-head b")[0]?.textContent).toBe("Saliency minus Input × gradient");
  // Shares here .125, .5, .375 and there .5, .25, .25: they part most by .375.
  expect(all(".cmp-head .num")[0]?.textContent).toContain("−.375 to +.375");
  expect(t.ctx.legend.value).toEqual({
    high: 0.375,
    says: "as shares: solid where Saliency gives more, dashed where Input × gradient does",
  });
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  await settle();
  expect(t.ctx.legend.value).toBeNull();
});

test("a pin's foil is named, and why there are no scores against it", async () => {
  const foil = { step: 1, ids: [7], text: " was" };
  const pin = { method: "input_x_gradient", held: [1], foil, layer: null, heads: [] };
  t.state.options.value = { ...t.state.options.peek(), pins: [pin, { ...pin, method: "saliency" }] };
  compare.mount(t.host, t.ctx);
  await settle();
  const numbers = () => all(".cmp-head .num").map((one) => one.textContent);
  // The first token has .5 of 1: it is off the scale, which ends at .25.
  expect(numbers()[1]).toBe("“東”, not “was” · p .500 · −.250 to +.250");
  expect(numbers()[2]).toMatch(/^“東” .* · not against “was”: Saliency takes no foil$/);
  t.state.content.value = { ...t.state.content.value, contrast: {} };
  await settle();
  expect(numbers()[1]).toMatch(/ · not against “was”: that needs the model$/);
});

test("pins stay while another word is held, and each can be taken away", async () => {
  compare.mount(t.host, t.ctx);
  press("Now and pinned");
  t.state.held.value = [0];
  press("Pin what is shown");
  t.state.held.value = [1];
  press("Pin what is shown");
  await settle();
  const held = (pane: number) =>
    words(pane).findIndex((word) => word.getAttribute("aria-selected") === "true");
  expect([held(0), held(1), held(2)]).toEqual([3, 2, 3]);
  expect(t.announced).toEqual(["Pinned is.", "Pinned 東."]);
  // Each is called by its word, in the difference too.
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  await settle();
  expect(all(".cmp-head b").map((b) => b.textContent)).toEqual(["Now minus is", "Now minus 東"]);
  expect(t.ctx.legend.value?.high).toBeNull();
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  await settle();
  press("Pin what is shown");
  expect(t.announced.at(-1)).toBe("東 is pinned already.");
  const remove = () => t.host.querySelector<HTMLElement>("[aria-label=Unpin]");
  remove()?.click();
  expect(all(".cmp-pane").length).toBe(2);
  expect(t.announced.at(-1)).toBe("Unpinned is.");
  expect(document.activeElement).toBe(remove());
  remove()?.click();
  expect(document.activeElement?.textContent).toBe("Pin what is shown");
});

test("what is compared, and how, is an option: Python and the address set it", async () => {
  const { options } = t.state;
  options.value = { ...options.peek(), second: "attention", difference: true };
  compare.mount(t.host, t.ctx);
  await settle();
  expect(all(".cmp-head b")[0]?.textContent).toBe("Saliency minus Attention");
  options.value = { ...options.peek(), difference: false };
  await settle();
  const second = all<HTMLSelectElement>("select")[1] as HTMLSelectElement;
  expect(second.value).toBe("attention");
  second.value = "input_x_gradient";
  second.dispatchEvent(new Event("change"));
  expect(options.value.second).toBe("input_x_gradient");
  press("Now and pinned");
  expect(options.value.compare).toBe("pinned");
  const pin = { method: "attention", held: [1], foil: null, layer: 1, heads: [] };
  options.value = { ...options.peek(), pins: [pin, { ...pin, held: [7] }] };
  await settle();
  // A pin of words that this answer does not have is not shown.
  expect(all(".cmp-pane").map((pane) => pane.getAttribute("aria-label"))).toEqual([
    "Now Saliency",
    "Pinned Attention",
  ]);
});

test("another explanation follows hover and hold by the links between the texts, both ways", async () => {
  const content = { ...t.state.content.value, model: "other" };
  const links = signal([
    [1, 1],
    [2, 3],
    [3, 2],
  ] as const);
  const other = { state: createState(content), session: t.ctx.session, links };
  compare.mount(t.host, { ...t.ctx, other });
  t.state.held.value = [1];
  expect(other.state.held.value).toEqual([0]);
  t.state.hoveredInput.value = 1;
  expect(other.state.hoveredInput.value).toBe(1);
  all(".cmp-pane")[1]?.dispatchEvent(new Event("pointerenter"));
  other.state.held.value = [1];
  expect(t.state.held.value).toEqual([0]);
  await settle();
  expect(all(".cmp-head b").map((b) => b.textContent)).toEqual(["demo", "other"]);
  const lonely = (pane: number) => words(pane).map((word) => word.classList.contains("lonely"));
  expect([lonely(0), lonely(1)]).toEqual([
    [true, false, false, false],
    [true, false, false, false],
  ]);
  await vi.waitFor(() => expect(line()).toContain("in italics only in demo: <s>; only in other: <s>"));
});

test("the second method, the pins and the difference are options: what is copied or sent restores them", async () => {
  compare.mount(t.host, t.ctx);
  const select = all<HTMLSelectElement>("select")[1] as HTMLSelectElement;
  select.value = "attention";
  select.dispatchEvent(new Event("change"));
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  press("Now and pinned");
  t.state.held.value = [0];
  press("Pin what is shown");
  await settle();
  const { options } = t.state;
  const pin = { method: "saliency", held: [0], foil: null, layer: null, heads: [] };
  expect(options.value).toMatchObject({ second: "attention", difference: true, pins: [pin] });
  t.end.abort();
  t = setUp();
  t.state.options.value = options.value;
  compare.mount(t.host, t.ctx);
  await settle();
  expect(all("[aria-label=Unpin]").length).toBe(1);
  expect(all<HTMLInputElement>("input[type=checkbox]")[0]?.checked).toBe(true);
  press("Two methods");
  all<HTMLInputElement>("input[type=checkbox]")[0]?.click();
  expect(all<HTMLSelectElement>("select").map(({ value }) => value)).toEqual(["saliency", "attention"]);
});
