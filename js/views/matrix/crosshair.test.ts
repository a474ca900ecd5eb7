// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { moveCrosshair } from "./crosshair";
import { type MatrixParts, matrixParts } from "./parts";
import { picture } from "./testing";

let parts: MatrixParts;
beforeEach(() => {
  parts = matrixParts(document.createElement("div"));
});

test("without a spot there is no crosshair", () => {
  moveCrosshair(parts, picture());
  expect([parts.lines.hidden, parts.tip.hidden]).toEqual([true, true]);
});

test("a cell gets both bands, a frame and a tip with its score", () => {
  const shown = picture({ hover: { zone: "cell", row: 1, column: 1 } });
  moveCrosshair(parts, shown);
  const { gutter, head } = shown.layout;
  expect([parts.lines, parts.across, parts.down, parts.cell, parts.tip].map(({ hidden }) => hidden)).toEqual(
    Array(5).fill(false),
  );
  expect(parts.cell.style.transform).toBe(`translate(${gutter + 60}px, ${head + 26 + 1}px)`);
  expect([parts.name.textContent, parts.value.textContent]).toEqual(["Paris → 東", ".5000"]);
});

test("a heading gets its band alone", () => {
  moveCrosshair(parts, picture({ hover: { zone: "row", row: 1, column: -1 } }));
  expect([parts.across.hidden, parts.down.hidden, parts.tip.hidden]).toEqual([false, true, true]);
  moveCrosshair(parts, picture({ hover: { zone: "column", row: -1, column: 0 } }));
  expect([parts.across.hidden, parts.down.hidden, parts.cell.hidden]).toEqual([true, false, true]);
});
