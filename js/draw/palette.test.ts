// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { paletteOf } from "./palette";

test("colours come from the styles of the element, and there are some without styles", () => {
  const element = document.createElement("div");
  document.body.append(element);
  expect(paletteOf(element).ink).toBe("#888");
  element.style.setProperty("--aw-ink", "#123456");
  element.style.setProperty("--aw-accent-bg", "#fff0f6");
  expect(paletteOf(element)).toMatchObject({
    ink: "#123456",
    accentGround: "#fff0f6",
    mono: "ui-monospace, monospace",
  });
});
