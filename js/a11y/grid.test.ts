import { expect, test } from "vitest";
import { type Cell, inside, move } from "./grid";

const extent = { rows: 30, columns: 6, page: 10 };
const at: Cell = { row: 12, column: 3 };
const go = (key: string, ctrlKey = false, from = at) => {
  const cell = move(from, { key, ctrlKey }, extent);
  return cell && [cell.row, cell.column];
};

test.each([
  ["ArrowUp", false, [11, 3]],
  ["ArrowDown", false, [13, 3]],
  ["ArrowLeft", false, [12, 2]],
  ["ArrowRight", false, [12, 4]],
  ["ArrowDown", true, [29, 3]],
  ["ArrowLeft", true, [12, 0]],
  ["Home", false, [12, 0]],
  ["End", false, [12, 5]],
  ["Home", true, [0, 0]],
  ["End", true, [29, 5]],
  ["PageUp", false, [2, 3]],
  ["PageDown", false, [22, 3]],
])("%s (ctrl %s)", (key, ctrl, expected) => {
  expect(go(key, ctrl)).toEqual(expected);
});

test("stops at the edges", () => {
  expect(go("ArrowUp", false, { row: 0, column: 0 })).toEqual([0, 0]);
  expect(go("ArrowRight", false, { row: 0, column: 5 })).toEqual([0, 5]);
  expect(go("PageUp")).toEqual([2, 3]);
  expect(go("PageUp", false, { row: 4, column: 1 })).toEqual([0, 1]);
});

test("leaves other keys, and those of the browser, alone", () => {
  expect(go("a")).toBeNull();
  expect(go("Tab")).toBeNull();
  expect(move(at, { key: "ArrowLeft", altKey: true }, extent)).toBeNull();
});

test("a shrunken grid keeps its cursor", () => {
  expect(inside({ row: 40, column: 9 }, extent)).toEqual({ row: 29, column: 5 });
  expect(inside({ row: 4, column: 2 }, { rows: 0, columns: 0 })).toEqual({ row: 0, column: 0 });
});
