// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { Spot } from "./layout";
import { listenToPointer } from "./pointer";

const spot: Spot = { zone: "cell", row: 1, column: 1 };
const on = { at: vi.fn(() => spot), hover: vi.fn(), zoom: vi.fn(), choose: vi.fn() };
let grid: HTMLElement;
let end: AbortController;
const send = (type: string, init: PointerEventInit = {}) =>
  grid.dispatchEvent(new PointerEvent(type, { button: 0, pointerType: "mouse", cancelable: true, ...init }));

beforeEach(() => {
  vi.clearAllMocks();
  grid = document.createElement("div");
  end = new AbortController();
  const canvas = document.createElement("canvas");
  listenToPointer(grid, canvas, on, end.signal);
});

test("the pointer hovers, a click chooses, with Shift more", () => {
  send("pointermove", { clientX: 5, clientY: 7 });
  expect(on.at).toHaveBeenLastCalledWith(5, 7);
  expect(on.hover).toHaveBeenLastCalledWith(spot);
  send("pointerdown");
  send("pointerup");
  send("click", { shiftKey: true });
  expect(on.choose).toHaveBeenCalledExactlyOnceWith(spot, true);
  send("pointerleave");
  expect(on.hover).toHaveBeenLastCalledWith(null);
});

test("a mouse that drags scrolls and does not choose", () => {
  send("pointerdown", { clientX: 100, clientY: 100 });
  send("pointermove", { clientX: 98, clientY: 100 });
  expect(on.hover).toHaveBeenLastCalledWith(spot);
  send("pointermove", { clientX: 60, clientY: 80 });
  expect([grid.scrollLeft, grid.scrollTop, grid.classList.contains("panning")]).toEqual([40, 20, true]);
  expect(on.hover).toHaveBeenLastCalledWith(null);
  send("pointerup");
  send("click");
  expect(on.choose).not.toHaveBeenCalled();
  expect(grid.classList.contains("panning")).toBe(false);
});

test("a finger does not drag: the browser scrolls", () => {
  send("pointerdown", { pointerType: "touch", clientX: 100 });
  send("pointermove", { pointerType: "touch", clientX: 50 });
  expect(grid.scrollLeft).toBe(0);
});

test("the wheel zooms with ctrl alone, about the pointer", () => {
  const wheel = (init: object) => {
    const event = Object.assign(new Event("wheel", { cancelable: true }), {
      deltaY: -320,
      deltaMode: 0,
      ...init,
    });
    grid.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(wheel({})).toBe(false);
  expect(on.zoom).not.toHaveBeenCalled();
  expect(wheel({ ctrlKey: true, clientX: 3, clientY: 4 })).toBe(true);
  expect(on.zoom).toHaveBeenCalledExactlyOnceWith(Math.E, 3, 4);
});

test("nothing is heard after the end", () => {
  end.abort();
  send("pointermove");
  expect(on.hover).not.toHaveBeenCalled();
});
