// @vitest-environment happy-dom
import { effect, signal } from "@preact/signals-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mountPicker } from "../../panels/picker/picker";
import type { Content, Head, RequestOptions, Selection, Session } from "../../session/session";
import type { ViewContext } from "../../state/selectors";
import { createState } from "../../state/state";
import { mountMatrix } from "./matrix";

const content: Content = {
  v: 1,
  model: "demo",
  tokens: {
    count: 5,
    start: [0, 1, 2, 3, 4],
    text: ["<b>", " of", " America", " George", " Washington"],
    special: [0],
  },
  inputs: 4,
  contrast: {},
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
  attention_note: null,
  warnings: [],
};
const nan = Number.NaN;
const rows = [
  [0.5, 0.2, 0.3, nan],
  [0.1, 0.2, 0.181, 0.519],
];
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

function setUp(over: Partial<Content> = {}) {
  const state = createState({ ...content, ...over });
  const scores = vi.fn(async (_: Selection, steps: readonly number[]) =>
    Float32Array.from(steps.flatMap((s) => rows[s] as number[])),
  );
  const heads = vi.fn(async (..._: unknown[]) => Float32Array.from({ length: 12 }, (_, k) => k / 20));
  const session = { scores, heads, map: vi.fn(), column: vi.fn() } as unknown as Session;
  const end = new AbortController();
  const said: string[] = [];
  const ctx: ViewContext = {
    state,
    session,
    theme: signal("light" as const),
    signal: end.signal,
    announce: (text) => said.push(text),
    run: <T>(work: (options: RequestOptions) => Promise<T>) => work({ signal: end.signal }),
    effect: (body) => end.signal.addEventListener("abort", effect(body)),
  };
  const host = document.createElement("div");
  document.body.append(host);
  return { state, scores, heads, ctx, host, end, said };
}

function press(grid: HTMLElement, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  grid.dispatchEvent(event);
  return event;
}

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

describe("matrix", () => {
  test("asks for nothing until it is opened", async () => {
    const { ctx, host, scores, state } = setUp();
    mountMatrix(host, ctx);
    await settle();
    expect(scores).not.toHaveBeenCalled();
    state.view.value = "matrix";
    await settle();
    expect(scores).toHaveBeenCalledTimes(1);
    expect(scores.mock.calls[0]?.[1]).toEqual([0, 1]);
  });

  test("arrows walk, speak and preview; Enter holds", async () => {
    const { ctx, host, said, state } = setUp();
    state.view.value = "matrix";
    mountMatrix(host, ctx);
    await settle();
    const g = grid(host);
    expect([g.getAttribute("aria-rowcount"), g.getAttribute("aria-colcount")]).toEqual(["6", "3"]);
    press(g, "ArrowDown");
    press(g, "ArrowDown");
    expect(press(g, "ArrowRight").defaultPrevented).toBe(true);
    expect(said.at(-1)).toBe("from America to Washington, 0.181");
    expect(active(host).getAttribute("aria-label")).toBe("from America to Washington, 0.181");
    expect(state.hoveredSteps.value).toEqual([1]);
    press(g, "Enter");
    expect(state.held.value).toEqual([1]);
    expect(active(host).getAttribute("aria-selected")).toBe("true");
    press(g, "ArrowLeft");
    press(g, "Enter", { shiftKey: true });
    expect(state.held.value).toEqual([0, 1]);
    press(g, "End", { ctrlKey: true });
    expect(said.at(-1)).toBe("probability of Washington, 0.990");
    press(g, "Home", { ctrlKey: true });
    expect(said.at(-1)).toBe("from <b> to George, 0.500");
    expect(press(g, "x").defaultPrevented).toBe(false);
    expect(host.querySelector("b b")).toBeNull();
  });

  test("one tab stop among its cells, and hidden rows are said to be", async () => {
    const { ctx, host, said, state } = setUp();
    state.view.value = "matrix";
    state.options.value = { ...state.options.value, hide_special: true };
    mountMatrix(host, ctx);
    await settle();
    expect(host.querySelectorAll("[tabindex='0']")).toHaveLength(1);
    press(grid(host), "Home", { ctrlKey: true });
    expect(said.at(-1)).toBe("from <b> to George, hidden");
    expect(host.querySelector(".high")?.textContent).toBe(".519");
    state.options.value = { ...state.options.value, renormalize: true };
    expect(host.querySelector(".high")?.textContent).toBe(".600");
  });

  test("while a method is computed, no number of the one before is told", async () => {
    const { ctx, host, said, scores, state } = setUp();
    state.view.value = "matrix";
    mountMatrix(host, ctx);
    await settle();
    let finish = () => {};
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const known = scores.getMockImplementation();
    scores.mockImplementation(async (...args) => {
      await slow;
      return (known as NonNullable<typeof known>)(...args);
    });
    state.method.value = "attention";
    await settle();
    const root = host.querySelector(".aw-matrix") as HTMLElement;
    expect(root.classList.contains("busy")).toBe(true);
    press(grid(host), "ArrowDown");
    expect(said).toEqual([]);
    finish();
    await settle();
    expect(root.classList.contains("busy")).toBe(false);
    press(grid(host), "ArrowDown");
    expect(said).toHaveLength(1);
  });

  test("goes when the display ends", async () => {
    const { ctx, host, end, state, scores } = setUp();
    state.view.value = "matrix";
    mountMatrix(host, ctx);
    await settle();
    press(grid(host), "ArrowDown");
    end.abort();
    expect(host.children).toHaveLength(0);
    expect(state.hoveredSteps.value).toEqual([]);
    state.method.value = "attention";
    await settle();
    expect(scores).toHaveBeenCalledTimes(1);
  });
});

describe("picker", () => {
  test("asks for the words held, and says what the shade is", async () => {
    const { ctx, host, heads, state } = setUp();
    mountPicker(host, ctx);
    await settle();
    expect(heads).not.toHaveBeenCalled();
    state.held.value = [1];
    await settle();
    const hide = { hide_special: false, hide_first: false, hide_target: false };
    expect(heads.mock.lastCall?.slice(0, 3)).toEqual([[1], null, hide]);
    expect(host.querySelector(".shade")?.textContent).toContain("“Washington”");
    state.hoveredInput.value = 2;
    await settle();
    expect(heads.mock.lastCall?.[1]).toBe(2);
    expect(host.querySelector(".shade")?.textContent).toContain("gives “America”");
  });

  test("keys move, preview and choose; choosing shows attention", async () => {
    const { ctx, host, state, said } = setUp();
    state.held.value = [1];
    mountPicker(host, ctx);
    await settle();
    const g = grid(host);
    press(g, "ArrowDown");
    press(g, "ArrowRight");
    expect(state.hoveredHead.value).toEqual([1, 1]);
    expect(active(host).getAttribute("aria-label")).toBe("layer 2, head 2, 0.250");
    expect(host.querySelector(".peek")?.textContent).toBe("Peeking: layer 2, head 2 (.250)");
    press(g, "Enter");
    expect(state.heads.value).toEqual([[1, 1]]);
    expect(state.method.value).toBe("attention");
    expect(said.at(-1)).toBe("layer 2, head 2 held");
    press(g, "End", { ctrlKey: true });
    press(g, " ");
    expect(state.heads.value).toEqual([
      [1, 1],
      [2, 3],
    ]);
    expect(host.querySelector(".cap")?.textContent).toBe(
      "Held: 2 heads: 2.2, 3.4. Several heads add up by their mean.",
    );
    press(g, "Home");
    expect(state.hoveredHead.value).toBeNull();
    press(g, "Enter");
    expect(state.layer.value).toBe(2);
    expect(state.heads.value).toEqual([]);
  });

  test("the rule and all heads", async () => {
    const { ctx, host, state } = setUp();
    state.heads.value = [[0, 1] as Head, [0, 2] as Head];
    mountPicker(host, ctx);
    const rule = host.querySelector("select") as HTMLSelectElement;
    rule.value = "max";
    rule.dispatchEvent(new Event("change"));
    expect(state.options.value.head_rule).toBe("max");
    expect(host.querySelector(".cap")?.textContent).toContain("by their maximum");
    const all = host.querySelector("button") as HTMLButtonElement;
    all.click();
    expect(state.heads.value).toEqual([]);
    expect(all.disabled).toBe(true);
  });

  test("a model without attention says why", () => {
    const { ctx, host, heads, state } = setUp({
      layers: 0,
      heads: 0,
      attention_note: "It has no attention.",
    });
    state.held.value = [0];
    mountPicker(host, ctx);
    expect(host.querySelector(".note")?.textContent).toBe("It has no attention.");
    expect((host.querySelector(".scroll")?.closest("[hidden]") as HTMLElement | null)?.hidden).toBe(true);
    expect(heads).not.toHaveBeenCalled();
  });
});
