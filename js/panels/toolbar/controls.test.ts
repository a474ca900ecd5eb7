// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { press } from "../../testing";
import { field, segmented, slider, tick } from "./controls";

const choices = [
  { value: "a", text: "A", title: "the first" },
  { value: "b", text: "B" },
  { value: "c", text: "C" },
];
const choose = vi.fn();
beforeEach(() => void choose.mockClear());

test("one choice is checked and has the tab stop; an unknown value leaves it to the first", () => {
  const { element, show } = segmented("Method", choose);
  const state = () =>
    [...element.children].map((radio) => [
      radio.getAttribute("aria-checked"),
      (radio as HTMLElement).tabIndex,
    ]);
  show(choices, "b");
  expect(state()).toEqual([
    ["false", -1],
    ["true", 0],
    ["false", -1],
  ]);
  const kept = element.firstElementChild;
  show(choices, "x");
  expect(state().map(([, tab]) => tab)).toEqual([0, -1, -1]);
  expect(element.firstElementChild).toBe(kept);
});

test("arrows choose the neighbour in a ring, a click chooses", () => {
  const { element, show } = segmented("Method", choose);
  show(choices, "c");
  expect(press(element.children[2] as Element, "ArrowRight").defaultPrevented).toBe(true);
  expect(choose).toHaveBeenLastCalledWith("a");
  press(element.children[0] as Element, "ArrowLeft");
  expect(choose).toHaveBeenLastCalledWith("c");
  (element.children[1] as HTMLElement).click();
  expect(choose).toHaveBeenLastCalledWith("b");
});

test("a check box and a slider report their values, and have labels", () => {
  const changed = vi.fn();
  const box = tick("Hide", changed);
  document.body.append(box.element);
  box.input.click();
  expect(changed).toHaveBeenLastCalledWith(true);
  const { element, input } = slider("Intensity", [0.2, 1, 0.05], changed);
  input.value = "0.5";
  input.dispatchEvent(new Event("input"));
  expect(changed).toHaveBeenLastCalledWith(0.5);
  expect(element.querySelector("label")?.htmlFor).toBe(input.id);
  expect(field("Rule", box.element).firstElementChild?.textContent).toBe("Rule");
});
