// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Content } from "../../session/content";
import { press, settle, setUp } from "../../testing";
import { matrix } from "./matrix";

const content: Partial<Content> = {
  tokens: {
    count: 5,
    start: [0, 1, 2, 3, 4],
    text: ["<b>", " of", " America", " George", " Washington"],
    special: [0],
  },
  inputs: 4,
  sections: [],
  steps: {
    first: 3,
    count: 2,
    probability: [0.9, 0.99],
    rank: [1, 1],
    entropy: [0, 0],
    alternatives: [[], []],
  },
  methods: [
    { name: "saliency", title: "Saliency", signed: false, shares: true, attention: false, description: "" },
    { name: "attention", title: "Attention", signed: false, shares: true, attention: true, description: "" },
  ],
  layers: 3,
  heads: 4,
};
const nan = Number.NaN;
const rows = [
  [0.5, 0.2, 0.3, nan],
  [0.1, 0.2, 0.181, 0.519],
];
const begin = () => setUp(content, rows);
const grid = (host: HTMLElement) => host.querySelector("[role=grid]") as HTMLElement;
function active(host: HTMLElement): HTMLElement {
  const id = grid(host).getAttribute("aria-activedescendant") ?? "";
  return host.querySelector(`#${id}`) as HTMLElement;
}

beforeEach(() => {
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 700 });
});
afterEach(() => {
  document.body.replaceChildren();
});

test("asks for nothing until it is opened", async () => {
  const { ctx, host, session, state } = begin();
  matrix.mount(host, ctx);
  await settle();
  const before = session.scores.mock.calls.length;
  state.view.value = "matrix";
  await settle();
  expect(session.scores.mock.calls.length).toBeGreaterThan(before);
  expect(session.scores.mock.calls.at(-1)?.[1]).toEqual([0, 1]);
});

test("arrows walk, speak and preview; Enter holds", async () => {
  const { ctx, host, announced, state } = begin();
  state.view.value = "matrix";
  matrix.mount(host, ctx);
  await settle();
  const g = grid(host);
  expect([g.getAttribute("aria-rowcount"), g.getAttribute("aria-colcount")]).toEqual(["6", "3"]);
  press(g, "ArrowDown");
  press(g, "ArrowDown");
  expect(press(g, "ArrowRight").defaultPrevented).toBe(true);
  expect(announced.at(-1)).toBe("from America to Washington, 0.181");
  expect(active(host).getAttribute("aria-label")).toBe("from America to Washington, 0.181");
  expect(state.hoveredSteps.value).toEqual([1]);
  press(g, "Enter");
  expect(state.held.value).toEqual([1]);
  expect(active(host).getAttribute("aria-selected")).toBe("true");
  press(g, "ArrowLeft");
  press(g, "Enter", { shiftKey: true });
  expect(state.held.value).toEqual([0, 1]);
  press(g, "End", { ctrlKey: true });
  expect(announced.at(-1)).toBe("probability of Washington, 0.990");
  press(g, "Home", { ctrlKey: true });
  expect(announced.at(-1)).toBe("from <b> to George, 0.500");
  expect(press(g, "x").defaultPrevented).toBe(false);
  expect(host.querySelector("b b")).toBeNull();
});

test("one tab stop among its cells, and hidden rows are said to be", async () => {
  const { ctx, host, announced, state } = begin();
  state.view.value = "matrix";
  state.options.value = { ...state.options.value, hide_special: true };
  matrix.mount(host, ctx);
  await settle();
  expect(host.querySelectorAll("[tabindex='0']")).toHaveLength(1);
  press(grid(host), "Home", { ctrlKey: true });
  expect(announced.at(-1)).toBe("from <b> to George, hidden");
  expect(host.querySelector(".high")?.textContent).toBe(".519");
  state.options.value = { ...state.options.value, renormalize: true };
  expect(host.querySelector(".high")?.textContent).toBe(".600");
});

test("while a method is computed, no number of the one before is told", async () => {
  const { ctx, host, announced, session, state } = begin();
  state.view.value = "matrix";
  matrix.mount(host, ctx);
  await settle();
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const known = session.scores.getMockImplementation();
  session.scores.mockImplementation(async (...args) => {
    await slow;
    return (known as NonNullable<typeof known>)(...args);
  });
  state.method.value = "attention";
  await settle();
  const root = host.querySelector(".aw-matrix") as HTMLElement;
  expect(root.classList.contains("busy")).toBe(true);
  press(grid(host), "ArrowDown");
  expect(announced).toEqual([]);
  finish();
  await settle();
  expect(root.classList.contains("busy")).toBe(false);
  press(grid(host), "ArrowDown");
  expect(announced).toHaveLength(1);
});

test("goes when the display ends", async () => {
  const { ctx, host, end, state, session } = begin();
  state.view.value = "matrix";
  matrix.mount(host, ctx);
  await settle();
  press(grid(host), "ArrowDown");
  end.abort();
  expect(host.children).toHaveLength(0);
  expect(state.hoveredSteps.value).toEqual([]);
  const asked = session.scores.mock.calls.length;
  state.method.value = "attention";
  await settle();
  expect(session.scores).toHaveBeenCalledTimes(asked);
});
