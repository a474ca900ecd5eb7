// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { flow } from "./flow";
import { type Look, paintArcs } from "./paint";
import type { Route } from "./routes";

vi.mock("./paint", () => ({ paintArcs: vi.fn() }));

/** Three tokens of a template, folded, on the first line; words on the others. */
const content = {
  tokens: {
    count: 6,
    start: [0, 1, 2, 3, 4, 5],
    text: ["<s>", "user", " Paris", " in", " is", " 東"],
    special: [0],
  },
  inputs: 5,
  steps: { ...sample.steps, first: 4 },
  sections: [
    { title: "user", start: 0, end: 4, body: [2, 4] as const },
    { title: "Answer", start: 4, end: 6 },
  ],
};
const nan = Number.NaN;
const rows = [
  [0.2, 0.1, 0.5, 0.2, nan],
  [0.125, 0.125, 0.5, 0.125, 0.125],
];
const places: Record<string, DOMRect> = {};
const rect = (left: number, top: number, width = 40, height = 20) =>
  ({ left, top, width, height, right: left + width, bottom: top + height }) as DOMRect;
let t: ReturnType<typeof setUp>;
const last = () => {
  const [, routes, look] = vi.mocked(paintArcs).mock.lastCall as unknown as [unknown, Route[], Look];
  return { routes, look, arcs: routes.map(({ arcs: [arc] }) => [arc?.from, arc?.to]) };
};
const bar = () => t.host.querySelector(".arcs")?.textContent ?? "";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  for (const [name, value] of [
    ["offsetWidth", 400],
    ["offsetHeight", 300],
    ["clientHeight", 300],
    ["clientWidth", 400],
  ] as const)
    vi.spyOn(HTMLElement.prototype, name, "get").mockReturnValue(value);
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(() => rect(0, 0, 400, 300));
  Object.assign(places, { Paris: rect(0, 100), in: rect(100, 100), is: rect(0, 200), 東: rect(100, 200) });
  vi.spyOn(HTMLElement.prototype, "getClientRects").mockImplementation(function (this: HTMLElement) {
    const text = this.textContent ?? "";
    const place = this.className.includes("fold") ? rect(300, 10) : places[text];
    return (place ? [place] : []) as unknown as DOMRectList;
  });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(readonly changed: () => void) {}
      observe = () => this.changed();
      disconnect() {}
    },
  );
  const paper = new Proxy(
    { canvas: { style: {} } },
    { get: (own, name) => (name in own ? own.canvas : () => undefined) },
  );
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(paper as never);
  t = setUp({ ...content }, rows);
  flow.mount(t.host, t.ctx);
});
afterEach(() => {
  t.end.abort();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("arcs of the word held come from the inputs that hold the share; those of a fold end at its chip", async () => {
  t.state.held.value = [1];
  t.state.options.value = { ...t.state.options.value, arc_share: 0.7 };
  await settle(60);
  const { routes, arcs } = last();
  expect(arcs).toEqual([
    [2, 5],
    [0, 5],
  ]);
  expect(routes[1]?.curve.slice(0, 2)).toEqual([320, 33]);
  expect(bar()).toContain("the top 70 % of it 3 of 5 inputs");
});

test("the arcs come first: what is said over them follows in the frame after", async () => {
  t.state.held.value = [1];
  await settle(60);
  const said = () => t.host.querySelector(".arcs > span:nth-of-type(2)")?.textContent;
  const before = said();
  t.state.options.value = { ...t.state.options.value, arc_share: 0.1 };
  expect(said()).toBe(before);
  await settle(60);
  expect([before, said()]).toEqual(["3 of 5 inputs", "1 of 5 inputs"]);
});

test("the ends say their numbers, but a chip says its own", async () => {
  t.state.held.value = [1];
  await settle(60);
  const { routes, look } = last();
  expect(routes.map((route) => look.says(route))).toEqual([".500", ""]);
  const away = { ...(routes[0] as Route), label: { x: 0, y: 0, outside: true } };
  expect(look.says(away)).toBe("Paris .500");
  expect(look.says({ ...away, arcs: [...away.arcs, ...away.arcs] })).toBe("2 inputs 1.000");
});

test("an arc under the pointer shows its pair and is asked for by head", async () => {
  t.state.held.value = [1];
  await settle(60);
  const list = t.host.querySelector(".txt") as HTMLElement;
  const move = (clientX: number, clientY: number) =>
    list.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, bubbles: true }));
  move(20, 130);
  await settle(60);
  expect([t.state.hoveredInput.value, t.host.querySelector(".tip")?.textContent]).toEqual([
    2,
    "Paris → 東 .500",
  ]);
  move(200, 290);
  expect(t.state.hoveredInput.value).toBeNull();
});

test("several heads have hues and are named; nothing held shows every word", async () => {
  t.state.method.value = "attention";
  t.state.held.value = [1];
  t.state.heads.value = [
    [0, 1],
    [1, 0],
  ];
  await settle(60);
  expect(last().look.hues).toHaveLength(10);
  expect(bar()).toContain("L1 H2L2 H1");
  t.state.heads.value = [];
  t.state.held.value = [];
  await settle(60);
  expect([last().look.bundle, bar()]).toEqual([true, expect.stringContaining("of every word")]);
  expect(new Set(last().arcs.map(([, to]) => to))).toEqual(new Set([4, 5]));
});

test("the slider is an option that Python reads", () => {
  const slider = t.host.querySelector("input") as HTMLInputElement;
  slider.value = "35";
  slider.dispatchEvent(new Event("input"));
  expect(t.state.options.value.arc_share).toBe(0.35);
  t.state.options.value = { ...t.state.options.value, arc_share: 0.9 };
  expect([slider.value, slider.getAttribute("aria-valuetext")]).toEqual(["90", "90 %"]);
});
