// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sample } from "../session/testing";
import type { Display } from "../state/display";
import { createState, type State } from "../state/state";
import { listenForKeys } from "./keys";

let state: State;
let root: HTMLElement;
let end: AbortController;
let announced: string[];
const searching = () => ({
  focus: vi.fn<() => void>(),
  next: vi.fn<() => void>(),
  clear: vi.fn(() => false),
});
let search: ReturnType<typeof searching>;
const panels = { close: vi.fn(() => false), help: vi.fn() };

const press = (key: string, target: HTMLElement = root, init: KeyboardEventInit = {}) => {
  const event = new KeyboardEvent("keydown", {
    key,
    bubbles: true,
    composed: true,
    cancelable: true,
    ...init,
  });
  target.dispatchEvent(event);
  return event.defaultPrevented;
};

beforeEach(() => {
  vi.clearAllMocks();
  search = searching();
  state = createState(sample);
  end = new AbortController();
  announced = [];
  root = document.createElement("div");
  document.body.replaceChildren(root);
  const announce = (text: string) => announced.push(text);
  listenForKeys(root, { state, announce, signal: end.signal } as unknown as Display, panels, search);
});
afterEach(() => end.abort());

test("brackets choose layers, braces heads, and both show attention", () => {
  expect(press("]")).toBe(true);
  expect([state.method.value, state.layer.value]).toEqual(["attention", 0]);
  press("}");
  expect(state.heads.value).toEqual([[0, 0]]);
  expect(announced).toEqual(["Layer 1.", "Layer 1, head 1."]);
});

test("Esc closes the open panel first, then lets go", () => {
  state.held.value = [0];
  panels.close.mockReturnValueOnce(true);
  press("Escape");
  expect(state.held.value).toEqual([0]);
  press("Escape");
  expect(state.held.value).toEqual([]);
});

test("other keys, shortcuts of the browser, and typing are left alone", () => {
  const input = document.createElement("input");
  input.type = "text";
  root.append(input);
  expect([press("a"), press("]", root, { ctrlKey: true }), press("?", input)]).toEqual([false, false, false]);
  expect(panels.help).not.toHaveBeenCalled();
  expect(press("Escape", input)).toBe(true);
  press("?");
  expect(panels.help).toHaveBeenCalledTimes(1);
});

test("nothing is heard after the end", () => {
  end.abort();
  expect(press("]")).toBe(false);
  expect(state.layer.value).toBeNull();
});
