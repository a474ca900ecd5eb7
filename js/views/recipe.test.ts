// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountApp } from "../app";
import type { View, ViewContext } from "../context";
import { h, listen } from "../dom";
import type { Session } from "../session/session";
import { sample } from "../session/testing";
import { createState, type State } from "../state/state";
import { headShares } from "../testing";
import { views } from ".";

/** The recipe "add a view": a folder that exports a View, listed once in views/index.ts. */
const clicked = vi.fn();
function mount(host: HTMLElement, { state, open, signal, effect }: ViewContext): void {
  const button = h("button", { class: "counter" });
  host.append(button);
  listen(button, signal, { click: clicked });
  effect(() => {
    if (open.value) button.textContent = `${state.held.value.length} held`;
  });
}
const counter: View = {
  id: "counter",
  title: "Counter",
  load: () => ({ styles: ".counter { color: teal }", mount }),
};

let state: State;
let end: AbortController;
let root: ShadowRoot;
const button = () => root.querySelector<HTMLElement>(".counter");
const choose = (title: string) =>
  [...root.querySelectorAll<HTMLElement>("[aria-label=View] [role=radio]")]
    .find((radio) => radio.textContent === title)
    ?.click();

beforeEach(async () => {
  vi.stubGlobal("matchMedia", () => Object.assign(new EventTarget(), { matches: false }));
  state = createState(sample);
  end = new AbortController();
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  const session = {
    scores: async () => new Float32Array(3),
    heads: async () => headShares(4),
    knownHeads: () => null,
    known: () => null,
    note: () => null,
    sums: () => null,
  } as unknown as Session;
  mountApp(el, { state, session, notes: [] }, end.signal, [...views, counter]);
  root = el.shadowRoot as ShadowRoot;
  await vi.dynamicImportSettled();
});
afterEach(() => {
  end.abort();
  vi.unstubAllGlobals();
  clicked.mockClear();
});

test("a listed view has a button and its styles, and is mounted when it is first shown", () => {
  expect(button()).toBeNull();
  choose("Counter");
  expect(state.view.value).toBe("counter");
  expect(button()?.textContent).toBe("0 held");
  const sheets = root.adoptedStyleSheets.map((sheet) =>
    [...sheet.cssRules].map((rule) => rule.cssText).join(),
  );
  expect(sheets.some((text) => text.includes(".counter"))).toBe(true);
});

test("only the chosen view is shown, and it is not mounted twice", () => {
  choose("Counter");
  choose("Text");
  expect(button()?.closest<HTMLElement>(".pane")?.hidden).toBe(true);
  state.held.value = [0];
  expect(button()?.textContent).toBe("0 held");
  choose("Counter");
  expect(button()?.closest<HTMLElement>(".pane")?.hidden).toBe(false);
  expect(button()?.textContent).toBe("1 held");
  expect(root.querySelectorAll(".counter")).toHaveLength(1);
});

test("it ends with the display", () => {
  choose("Counter");
  const old = button();
  end.abort();
  old?.click();
  state.held.value = [0, 1];
  expect([clicked.mock.calls.length, old?.textContent, root.childElementCount]).toEqual([0, "0 held", 0]);
});

test("an unknown view shows the first one", () => {
  state.view.value = "gone";
  expect(root.querySelector(".txt")?.closest<HTMLElement>(".pane")?.hidden).toBe(false);
});
