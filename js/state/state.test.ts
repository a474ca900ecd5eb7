import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { createState, defaultOptions } from "./state";

test("the first method is shown, nothing is held, and options have their defaults", () => {
  const state = createState(sample);
  expect([state.method.value, state.held.value, state.foil.value]).toEqual(["saliency", [], null]);
  expect(state.options.value).toEqual(defaultOptions);
  expect(createState({ ...sample, methods: [] }).method.value).toBe("");
});
