// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { markForPaper } from "./on-paper";
import type { Picture } from "./paint";

const picture = (values: number[]): Picture => ({
  values: Float32Array.from(values),
  high: 1,
  intensity: 1,
  hidden: null,
  sinks: [],
  targets: [2],
  pointed: null,
  framed: [],
  veilFrom: 3,
});

test("units have their tints, signs as lines, and the one explained a mark", () => {
  const units = [0, 1, 2].map(() => document.createElement("span"));
  const style = (u: number, name: string) => units[u]?.style.getPropertyValue(`--paper-${name}`);
  markForPaper(units, picture([1, -0.5, Number.NaN]), true);
  expect(style(0, "line")).toContain("solid");
  expect(style(1, "line")).toContain("dashed");
  expect([style(0, "tint") !== "", style(2, "tint"), style(2, "line")]).toEqual([true, "", ""]);
  expect(units.map((unit) => unit.classList.contains("explained"))).toEqual([false, false, true]);
  markForPaper(units, picture([0, 0.5, 0]), false);
  expect([style(0, "tint"), style(0, "line"), style(1, "line")]).toEqual(["", "", ""]);
  expect(style(1, "tint")).not.toBe("");
});
