// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { ActiveCell } from "./active-cell";

const cell = { row: 2, column: 3, label: "layer 2, head 2", selected: true };

test("each move is met on another element, and only one is there", () => {
  const grid = document.createElement("div");
  const active = new ActiveCell(grid);
  active.size(4, 5);
  const first = active.show(cell);
  const second = active.show({ ...cell, row: 3, label: "layer 3, head 2", selected: false });
  expect(second).not.toBe(first);
  expect([first.hidden, second.hidden]).toEqual([true, false]);
  expect(grid.getAttribute("aria-activedescendant")).toBe(second.id);
  expect(second.getAttribute("aria-label")).toBe("layer 3, head 2");
  expect(second.getAttribute("aria-selected")).toBe("false");
  expect(second.parentElement?.getAttribute("aria-rowindex")).toBe("3");
  expect([grid.getAttribute("aria-rowcount"), grid.getAttribute("aria-colcount")]).toEqual(["4", "5"]);
  expect(active.show(cell)).toBe(first);
});

test("column 1 is the heading; a heading with text stays beside the cells", () => {
  const active = new ActiveCell(document.createElement("div"));
  active.show(cell);
  expect(active.header.hidden).toBe(true);
  expect(active.show({ ...cell, column: 1 })).toBe(active.header);
  expect(active.header.hidden).toBe(false);
  active.header.textContent = "America";
  active.show(cell);
  expect(active.header.hidden).toBe(false);
});
