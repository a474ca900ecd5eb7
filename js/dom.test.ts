// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  afterNextFrame,
  h,
  icon,
  inNextFrame,
  plainText,
  pointIn,
  sizeCanvas,
  uniqueId,
  writeText,
} from "./dom";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("elements have attributes, listeners and text, and text is never HTML", () => {
  const clicked = vi.fn();
  const button = h(
    "button",
    { class: "x", hidden: true, disabled: false, onclick: clicked },
    "<b>a</b>",
    null,
  );
  button.click();
  expect([button.className, button.hidden, button.disabled]).toEqual(["x", true, false]);
  expect(clicked).toHaveBeenCalledTimes(1);
  expect(button.childElementCount).toBe(0);
  expect(button.textContent).toBe("<b>a</b>");
});

test("an icon is hidden from screen readers", () => {
  expect(icon("M0 0h1").getAttribute("aria-hidden")).toBe("true");
});

test("ids are unique", () => {
  expect(uniqueId("a")).not.toBe(uniqueId("a"));
});

test("writing touches only the pieces that differ", () => {
  const host = h("p");
  const text = ["Explaining ", { strong: "is" }, ", token 1"];
  writeText(host, text);
  const [before, strong] = host.childNodes;
  writeText(host, ["Explaining ", { strong: "<b>" }]);
  expect([...host.childNodes]).toEqual([before, strong]);
  expect(host.textContent).toBe("Explaining <b>");
  writeText(host, [{ strong: "Hover" }]);
  expect([...host.children].map((element) => element.localName)).toEqual(["b"]);
  expect(plainText(text)).toBe("Explaining is, token 1");
});

test("a canvas is cleared only when its size changes", () => {
  const canvas = h("canvas");
  expect(sizeCanvas(canvas, 200, 100)).toBe(true);
  expect([canvas.width, canvas.style.height]).toEqual([200 * devicePixelRatio, "100px"]);
  expect(sizeCanvas(canvas, 200, 100)).toBe(false);
});

test("points are in the element's own pixels, also on a scaled page", () => {
  const element = h("div");
  Object.defineProperty(element, "clientWidth", { value: 100 });
  element.getBoundingClientRect = () => ({ left: 10, top: 20, width: 200 }) as DOMRect;
  expect(pointIn(element, { clientX: 110, clientY: 40 } as MouseEvent)).toEqual([50, 10]);
});

test("several requests in one frame paint once, and none after the end", () => {
  const [paint, end] = [vi.fn(), new AbortController()];
  const repaint = inNextFrame(paint, end.signal);
  repaint();
  repaint();
  vi.advanceTimersByTime(50);
  expect(paint).toHaveBeenCalledTimes(1);
  repaint();
  end.abort();
  vi.advanceTimersByTime(50);
  expect(paint).toHaveBeenCalledTimes(1);
});

test("work after the next frame is done once", () => {
  const work = vi.fn();
  const end = new AbortController();
  const later = afterNextFrame(work, end.signal);
  later();
  later();
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60);
  expect(work).toHaveBeenCalledOnce();
  later();
  end.abort();
  vi.advanceTimersByTime(60);
  expect(work).toHaveBeenCalledOnce();
});
