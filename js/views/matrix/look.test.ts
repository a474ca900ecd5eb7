// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { diverging, sequential } from "../../draw/ramp";
import type { Field } from "../../scores/field";
import { setUp } from "../../testing";
import { lookOf, updateLegend } from "./look";
import { matrixParts } from "./parts";
import { filledField, look } from "./testing";

test("signed scores have the diverging ramp, and the intensity fades it", () => {
  const { host, ctx, state } = setUp();
  state.options.value = { ...state.options.value, intensity: 1 };
  expect(lookOf(host, ctx, false).table).toEqual(sequential("light").table);
  expect(lookOf(host, ctx, true).table).toEqual(diverging("light").table);
  state.options.value = { ...state.options.value, intensity: 0.2 };
  expect(lookOf(host, ctx, false).table[254]).toBe(sequential("light").table[Math.round(254 * 0.4)]);
});

test("the legend has the ends of the scale", () => {
  const { host, ctx } = setUp();
  const parts = matrixParts(host);
  updateLegend(parts, filledField(), lookOf(host, ctx, false));
  expect([parts.low.textContent, parts.high.textContent]).toEqual(["0", ".750"]);
  expect(parts.facts.textContent).toBe("");
  const beyond = { ...look, signed: false, high: 0.02, greatest: 0.9 } as unknown as Field;
  updateLegend(parts, beyond, lookOf(host, ctx, false));
  expect(parts.facts.textContent).toBe("1 % of cells have more, up to .9000");
  updateLegend(parts, filledField({}, true), lookOf(host, ctx, true));
  expect([parts.low.textContent, parts.high.textContent]).toEqual(["−.750", "+.750"]);
});
