// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { setUp } from "../../testing";
import { Drawer } from "./drawer";

let drawer: Drawer;
const mount = vi.fn((host: HTMLElement) => host.append("content"));
const make = vi.fn(() => ({ styles: "", mount }));
beforeEach(() => {
  make.mockClear();
  drawer = new Drawer(setUp().ctx);
});

test("a button opens the panel with its content, made once, and closes it", () => {
  const button = drawer.button("Help", "", make);
  button.click();
  expect([drawer.element.hidden, button.getAttribute("aria-expanded")]).toEqual([false, "true"]);
  const content = drawer.element.firstChild;
  expect(content?.textContent).toBe("content");
  button.click();
  expect([drawer.element.hidden, button.getAttribute("aria-expanded")]).toEqual([true, "false"]);
  button.click();
  expect([drawer.element.firstChild, make.mock.calls.length]).toEqual([content, 1]);
});

test("another button takes the panel over", () => {
  const [help, options] = [drawer.button("Help", "", make), drawer.button("Options", "", make)];
  help.click();
  options.click();
  expect([help, options].map((button) => button.getAttribute("aria-expanded"))).toEqual(["false", "true"]);
  expect(drawer.element.childElementCount).toBe(1);
});

test("closing returns to the button, and tells whether there was anything to close", () => {
  const button = drawer.button("Help", "", make);
  document.body.append(button);
  expect(drawer.close()).toBe(false);
  button.click();
  expect(drawer.close()).toBe(true);
  expect([document.activeElement, drawer.element.hidden]).toEqual([button, true]);
});
