import { expect, test } from "vitest";
import { sample } from "../session/testing";
import { createState } from "../state/state";
import { scoreOptions } from "./options";

test("the options of the person, and never a renormalised signed method", () => {
  const state = createState(sample);
  state.options.value = { ...state.options.value, hide_special: true, renormalize: true, span_rule: "sum" };
  const unsigned = scoreOptions(state, { signed: false });
  expect([...unsigned.hidden]).toEqual([1, 0, 0, 0]);
  expect([unsigned.renormalize, unsigned.spanRule]).toEqual([true, "sum"]);
  expect(scoreOptions(state, { signed: true }).renormalize).toBe(false);
});
