// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { president } from "../../session/testing";
import { activeCell, gridOf, press, settle, setUp } from "../../testing";
import { matrix } from "./matrix";

const nan = Number.NaN;
const rows = [
  [0.5, 0.2, 0.3, nan],
  [0.1, 0.2, 0.181, 0.519],
];
const begin = () => setUp(president, rows);

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
  const g = gridOf(host);
  expect([g.getAttribute("aria-rowcount"), g.getAttribute("aria-colcount")]).toEqual(["6", "3"]);
  press(g, "ArrowDown");
  press(g, "ArrowDown");
  expect(press(g, "ArrowRight").defaultPrevented).toBe(true);
  expect(announced.at(-1)).toBe("from America to Washington, 0.181");
  expect(activeCell(host).getAttribute("aria-label")).toBe("from America to Washington, 0.181");
  expect(state.hoveredSteps.value).toEqual([1]);
  press(g, "Enter");
  expect(state.held.value).toEqual([1]);
  expect(activeCell(host).getAttribute("aria-selected")).toBe("true");
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
  press(gridOf(host), "Home", { ctrlKey: true });
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
  press(gridOf(host), "ArrowDown");
  expect(announced).toEqual([]);
  finish();
  await settle();
  expect(root.classList.contains("busy")).toBe(false);
  press(gridOf(host), "ArrowDown");
  expect(announced).toHaveLength(1);
});

test("goes when the display ends", async () => {
  const { ctx, host, end, state, session } = begin();
  state.view.value = "matrix";
  matrix.mount(host, ctx);
  await settle();
  press(gridOf(host), "ArrowDown");
  end.abort();
  expect(host.children).toHaveLength(0);
  expect(state.hoveredSteps.value).toEqual([]);
  const asked = session.scores.mock.calls.length;
  state.method.value = "attention";
  await settle();
  expect(session.scores).toHaveBeenCalledTimes(asked);
});
