// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { letGo } from "../../state/let-go";
import { pointedInput } from "../../state/selectors";
import { press, settle, setUp } from "../../testing";
import { Boxes } from "./boxes";
import { buildText, type TextElements } from "./build";
import { Folds } from "./folds";
import { TextInput } from "./input";

let t: ReturnType<typeof setUp>;
let text: TextElements;
let end: AbortController;
const unit = (u: number) => text.units[u] as HTMLElement;
const send = (u: number, type: string, init: PointerEventInit = {}) =>
  unit(u).dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, cancelable: true, ...init }));
const tabStops = () => text.units.map((element) => element.getAttribute("tabindex"));

beforeEach(() => {
  t = setUp();
  t.state.held.value = [0];
  text = buildText(t.state.content.value, false);
  t.host.append(text.list);
  end = new AbortController();
  new TextInput(text, new Folds(text.units, text.folds, end.signal), new Boxes(), t.ctx, end.signal);
});

test("the pointer previews: steps in the answer, an input in the prompt", async () => {
  send(3, "pointerover");
  expect([t.state.hoveredSteps.value, t.state.hoveredInput.value]).toEqual([[1], null]);
  send(1, "pointerover");
  expect([t.state.hoveredSteps.value, t.state.hoveredInput.value]).toEqual([[], 1]);
  text.list.dispatchEvent(new PointerEvent("pointerleave"));
  expect(t.state.hoveredInput.value).toBeNull();
});

test("a tap previews until the next tap", () => {
  const finger = { pointerType: "touch" };
  send(1, "pointerover", finger);
  send(1, "pointerdown", finger);
  text.list.dispatchEvent(new PointerEvent("pointerleave", finger));
  expect(t.state.hoveredInput.value).toBe(1);
  document.body.dispatchEvent(new PointerEvent("pointerdown", { ...finger, bubbles: true, composed: true }));
  expect(t.state.hoveredInput.value).toBeNull();
});

test("keys with Ctrl or Cmd are the host's", () => {
  for (const init of [{ ctrlKey: true }, { metaKey: true }]) {
    const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init });
    unit(3).dispatchEvent(event);
    expect([event.defaultPrevented, t.state.held.value]).toEqual([false, [0]]);
  }
});

test("the space between two words does not lose the first at once", async () => {
  send(3, "pointerover");
  text.list.dispatchEvent(new PointerEvent("pointerover"));
  expect(t.state.hoveredSteps.value).toEqual([1]);
  await settle(120);
  expect(t.state.hoveredSteps.value).toEqual([]);
});

test("a click holds, with Shift up to there; a pointer that moved was selecting text", () => {
  send(3, "click");
  expect(t.state.held.value).toEqual([1]);
  send(2, "click", { shiftKey: true });
  expect(t.state.held.value).toEqual([0, 1]);
  send(3, "pointerdown", { clientX: 0 });
  send(3, "click", { clientX: 40 });
  expect(t.state.held.value).toEqual([0, 1]);
});

test("one unit has the tab stop; it steps aside while the pointer is down, or it would trap a drag", () => {
  expect(tabStops()).toEqual([null, null, "0", null]);
  send(2, "pointerdown");
  expect(tabStops()).toEqual([null, null, null, null]);
  window.dispatchEvent(new PointerEvent("pointerup"));
  expect(tabStops()).toEqual([null, null, "0", null]);
});

test("keys move the cursor and preview; Enter holds", () => {
  press(unit(2), "ArrowRight");
  expect([document.activeElement, t.state.hoveredSteps.value]).toEqual([unit(3), [1]]);
  press(unit(3), "Enter");
  expect(t.state.held.value).toEqual([1]);
  press(unit(3), "Home");
  expect([tabStops()[0], t.state.hoveredInput.value]).toEqual(["0", 0]);
  expect(press(unit(0), "x").defaultPrevented).toBe(false);
});

test("the preview ends with the elements", () => {
  send(3, "pointerover");
  end.abort();
  expect(t.state.hoveredSteps.value).toEqual([]);
  send(3, "click");
  expect(t.state.held.value).toEqual([0]);
});

test("between the words, what a view drew there is pointed at: its input, at the pointer", () => {
  end.abort();
  end = new AbortController();
  const overlay = { paint: () => undefined, unitAt: (x: number) => (x > 50 ? 2 : null) };
  const folds = new Folds(text.units, text.folds, end.signal);
  const input = new TextInput(text, folds, new Boxes(), t.ctx, end.signal, overlay);
  const move = (clientX: number) =>
    text.list.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY: 9, bubbles: true }));
  move(20);
  expect(input.between).toBeNull();
  move(80);
  expect([t.state.hoveredInput.value, t.state.hoveredSteps.value]).toEqual([2, []]);
  expect(input.between).toMatchObject({ left: 80, top: 9 });
  send(3, "pointerover");
  expect([t.state.hoveredSteps.value, input.between]).toEqual([[1], null]);
  move(80);
  move(20);
  expect([t.state.hoveredInput.value, input.between]).toEqual([null, null]);
  const tap = { clientX: 80, clientY: 9, bubbles: true, pointerType: "touch" };
  text.list.dispatchEvent(new PointerEvent("pointerover", tap));
  expect(t.state.hoveredInput.value).toBe(2);
});

test("a click on an input selects it: it stays pointed at; with Shift up to there, and Esc lets go", () => {
  const click = (u: number, init: PointerEventInit = {}) => send(u, "click", init);
  click(1);
  expect([t.state.selected.value, pointedInput(t.state), t.announced.at(-1)]).toEqual([
    [1],
    1,
    "Selected Paris.",
  ]);
  send(0, "pointerover");
  expect(pointedInput(t.state)).toBe(0);
  text.list.dispatchEvent(new PointerEvent("pointerleave"));
  expect(pointedInput(t.state)).toBe(1);
  click(0, { shiftKey: true });
  unit(0).blur();
  expect([t.state.selected.value, pointedInput(t.state)]).toEqual([[0, 1], null]);
  letGo(t.ctx);
  expect([t.state.selected.value, t.state.held.value]).toEqual([[], [0]]);
  unit(1).focus();
  click(1);
  press(unit(1), "Enter");
  expect(t.state.selected.value).toEqual([]);
});

test("a click on a mask, or on a word with a label, holds what is said of it", () => {
  const { steps } = t.state.content.value;
  t.state.content.value = { ...t.state.content.value, steps: { ...steps, places: [1, 0] } };
  send(0, "click");
  expect([t.state.held.value, t.state.selected.value]).toEqual([[1], []]);
  send(0, "click");
  send(1, "click");
  expect(t.state.held.value).toEqual([0]);
});

test("M goes from mark to mark, and round", () => {
  unit(1).classList.add("cue");
  unit(3).classList.add("by-context");
  unit(2).focus();
  press(unit(2), "m");
  expect(document.activeElement).toBe(unit(3));
  press(unit(3), "m");
  expect(document.activeElement).toBe(unit(1));
  press(unit(1), "M");
  expect(document.activeElement).toBe(unit(3));
  press(unit(3), "M");
  expect(document.activeElement).toBe(unit(1));
  unit(1).classList.remove("cue");
  unit(3).classList.remove("by-context");
  press(unit(1), "m");
  expect(document.activeElement).toBe(unit(1));
});
