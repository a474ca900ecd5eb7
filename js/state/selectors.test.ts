import { beforeEach, expect, test } from "vitest";
import { sample } from "../session/testing";
import { attentionMethod, foilOf, methodOf, scoreQuery, shownMethod, targetSteps } from "./selectors";
import { createState, type State } from "./state";

let state: State;
const foil = { step: 1, ids: [7], text: " was" };
beforeEach(() => {
  state = createState(sample);
});

test("an unknown method falls back to the first", () => {
  state.method.value = "magic";
  expect(methodOf(state)?.name).toBe("saliency");
});

test("a head under the pointer shows attention, whatever method is chosen", () => {
  expect([shownMethod(state)?.name, attentionMethod(state)?.name]).toEqual(["saliency", "attention"]);
  state.hoveredHead.value = [1, 0];
  expect(shownMethod(state)?.name).toBe("attention");
  state.heads.value = [[0, 1]];
  expect(scoreQuery(state)).toEqual({ method: "attention", layer: null, heads: [[1, 0]], head_rule: "mean" });
});

test("chosen heads go before a layer", () => {
  state.method.value = "attention";
  state.layer.value = 1;
  state.options.value = { ...state.options.value, head_rule: "max" };
  expect(scoreQuery(state)).toEqual({ method: "attention", layer: 1, heads: [], head_rule: "max" });
  state.heads.value = [[0, 1]];
  expect(scoreQuery(state)).toMatchObject({ layer: null, heads: [[0, 1]] });
});

test("a foil of several tokens belongs to the word that begins there, and to methods that compare words", () => {
  const words = { step: 0, ids: [7, 8], text: " was not" };
  state.foil.value = words;
  expect([foilOf(state, [0]), foilOf(state, [0, 1]), foilOf(state, [1])]).toEqual([words, words, null]);
  state.method.value = "input_x_gradient";
  expect(scoreQuery(state, words)).not.toHaveProperty("foil");
  state.content.value = { ...state.content.value, contrast_whole: { input_x_gradient: "…" } };
  expect(scoreQuery(state, words)).toMatchObject({ foil: [7, 8] });
});

test("a foil belongs to one step, and only to methods that have a contrast", () => {
  state.foil.value = foil;
  expect([foilOf(state, [1]), foilOf(state, [0]), foilOf(state, [0, 1])]).toEqual([foil, null, null]);
  expect(scoreQuery(state, foil)).not.toHaveProperty("foil");
  state.method.value = "input_x_gradient";
  expect(scoreQuery(state, foil)).toMatchObject({ method: "input_x_gradient", foil: [7] });
});

test("steps under the pointer go before those held", () => {
  state.held.value = [0];
  expect(targetSteps(state)).toEqual([0]);
  state.hoveredSteps.value = [1];
  expect(targetSteps(state)).toEqual([1]);
});
