import { effect, signal } from "@preact/signals-core";
import { beforeEach, expect, test } from "vitest";
import { sample } from "../session/testing";
import type { Display } from "./display";
import { pickHead } from "./heads";
import { letGo } from "./let-go";
import { contrast, extendHeld, preview, toggleHeld } from "./selection";
import { restingSteps } from "./selectors";
import { createState, type State } from "./state";

let state: State;
let announced: string[];
let display: Display;
const foil = { step: 0, ids: [7], text: " was" };

beforeEach(() => {
  state = createState(sample);
  announced = [];
  display = {
    state,
    allSteps: signal(false),
    announce: (text: string) => announced.push(text),
  } as unknown as Display;
});

test("steps are held, and the same steps again are let go", () => {
  toggleHeld(display, [1]);
  expect(state.held.value).toEqual([1]);
  toggleHeld(display, [1]);
  expect(state.held.value).toEqual([]);
  expect(announced).toEqual(["Holding 東, probability 0.500.", "Let go: the whole answer."]);
});

test("a span reaches from what is held to the new steps, in both directions", () => {
  toggleHeld(display, [1]);
  extendHeld(display, [0]);
  expect(state.held.value).toEqual([0, 1]);
  expect(announced.at(-1)).toBe("Holding is 東, probability 0.375.");
});

test("an unknown probability is not announced", () => {
  const steps = { ...sample.steps, probability: [null, 0.5] };
  state.content.value = { ...sample, steps };
  toggleHeld(display, [0]);
  expect(announced).toEqual(["Holding is."]);
});

test("a foil holds its step; letting go takes the foil first, then the step", () => {
  contrast(display, foil);
  expect([state.held.value, state.foil.value]).toEqual([[0], foil]);
  expect(announced.at(-1)).toBe("Why is and not was.");
  letGo(display);
  expect([state.held.value, state.foil.value]).toEqual([[0], null]);
  letGo(display);
  expect(state.held.value).toEqual([]);
});

test("a foil of several tokens holds the whole word that is explained", () => {
  state.previewed.value = [0, 1];
  contrast(display, { step: 0, ids: [7, 8], text: " was not" });
  expect(state.held.value).toEqual([0, 1]);
  state.held.value = [];
  contrast(display, foil);
  expect(state.held.value).toEqual([0]);
});

test("holding another step drops the foil", () => {
  contrast(display, foil);
  toggleHeld(display, [1]);
  expect(state.foil.value).toBeNull();
});

test("the same preview again tells nobody", () => {
  let runs = 0;
  const stop = effect(() => {
    void [state.hoveredSteps.value, state.hoveredInput.value];
    runs++;
  });
  preview(state, [1], null);
  preview(state, [1], null);
  expect(runs).toBe(2);
  preview(state, [], 2);
  expect([state.hoveredSteps.value, state.hoveredInput.value, runs]).toEqual([[], 2, 3]);
  stop();
});

test("Esc goes back one step at a time: alone, foil, heads, the former method, the word", () => {
  const { state } = display;
  toggleHeld(display, [1]);
  pickHead(state, [0, 1], false);
  contrast(display, { step: 1, ids: [7], text: " was" });
  state.alone.value = 1;
  const seen = [];
  for (let k = 0; k < 6; k++) {
    letGo(display);
    seen.push([
      state.alone.value,
      state.foil.value,
      state.heads.value.length,
      state.method.value,
      state.held.value.length,
    ]);
  }
  expect(seen).toEqual([
    [null, { step: 1, ids: [7], text: " was" }, 1, "attention", 1],
    [null, null, 1, "attention", 1],
    [null, null, 0, "attention", 1],
    [null, null, 0, "saliency", 1],
    [null, null, 0, "saliency", 0],
    [null, null, 0, "saliency", 0],
  ]);
});

test("a preview stays while nothing is held, until Esc", () => {
  const { state } = display;
  preview(state, [1], null);
  preview(state, [], 0);
  expect([state.hoveredSteps.value, restingSteps(state), state.hoveredInput.value]).toEqual([[], [1], 0]);
  letGo(display);
  expect(restingSteps(state)).toEqual([]);
});
