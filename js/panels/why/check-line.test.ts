// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { plainText } from "../../dom";
import type { ShownScores } from "../../scores/shown-scores";
import type { Check } from "../../session/checks";
import { sample } from "../../session/testing";
import { settle, setUp } from "../../testing";
import { checkText, questionOf } from "./check-line";
import { why } from "./why";

const found: Check = {
  inputs: [1, 2],
  probability: 0.966,
  without: 0.021,
  others: [0.88, 0.9, 0.97],
  lowest: [2],
};
const words = (check: Check) => plainText(checkText(check, [1], sample));

test("it holds where the probability falls below all draws", () => {
  expect(words(found)).toBe(
    "Check: without Paris, is, p of 東 .966 → .021; without as many others (3 draws) .880–.970 · the explanation holds ✓",
  );
  expect(words({ ...found, others: [0.9] })).toContain("(1 draw) .900 ·");
  for (const without of [0.9, 0.88])
    expect(words({ ...found, without })).toMatch(/does not hold ✗: without is it falls to \.880$/);
  // A probability that prints as <.001 is compared by what is left of it.
  expect(words({ ...found, probability: 2e-5, without: 8e-6, others: [1.5e-5, 2.1e-5] })).toContain(
    "<.001 → 40 % of it; without as many others (2 draws) 75 %–105 % · the explanation holds ✓",
  );
  expect(words({ ...found, probability: 1e-12, without: 2e-7, others: [1e-13] })).toContain(
    "<.001 → over 1,000 % of it; without as many others (1 draw) 10 %",
  );
});

let t: ReturnType<typeof setUp>;
let known: Check | null;
const button = () => t.host.querySelector<HTMLButtonElement>(".check button") as HTMLButtonElement;
const begin = async (seconds: number | null) => {
  t = setUp({ check_seconds: seconds });
  t.session.checked.mockImplementation((() => known) as never);
  t.session.check.mockImplementation(async () => {
    known = found;
    return found;
  });
  why.mount(t.host, t.ctx);
  t.state.held.value = [1];
  await settle();
};
beforeEach(() => {
  known = null;
});
afterEach(() => vi.useRealTimers());

test("a check that takes long waits for a click, and says how long it takes", async () => {
  await begin(12.4);
  expect(button().textContent).toBe("Does the model really need these words? (about 12 s)");
  expect(t.session.check).not.toHaveBeenCalled();
  button().click();
  await settle();
  // Neither the special token nor the first one is masked, and as many others are left.
  expect(t.session.check.mock.calls[0]?.slice(0, 2)).toEqual([[1], [1]]);
  expect([button().hidden, t.host.querySelector(".check p")?.textContent]).toEqual([
    true,
    expect.stringContaining("holds ✓"),
  ]);
  expect(t.announced.at(-1)).toContain("Check: without Paris, is");
});

test("a short one is made when the word has rested", async () => {
  await begin(0.2);
  expect(t.session.check).not.toHaveBeenCalled();
  await settle(700);
  expect(t.session.check).toHaveBeenCalledTimes(1);
});

test("a short one that fails is not made again by itself", async () => {
  await begin(0.2);
  t.session.check.mockReset().mockResolvedValue(undefined);
  await settle(1500);
  expect(t.session.check).toHaveBeenCalledTimes(1);
  button().click();
  await settle();
  expect(t.session.check).toHaveBeenCalledTimes(2);
});

test("without a model there is nothing to press, and a check that was made is shown", async () => {
  await begin(null);
  const host = () => t.host.querySelector<HTMLElement>(".check") as HTMLElement;
  expect(host().hidden).toBe(true);
  known = found;
  t.state.options.value = { ...t.state.options.value, intensity: 1 };
  await settle();
  expect([host().hidden, button().hidden]).toEqual([false, true]);
});

test("its room is kept while another word is pointed at", async () => {
  await begin(0.2);
  await settle(700);
  const host = t.host.querySelector<HTMLElement>(".check");
  t.state.hoveredSteps.value = [0];
  await settle();
  expect(t.host.querySelector<HTMLElement>(".check p")?.hidden).toBe(true);
  expect(host?.hidden).toBe(false);
});

const two = { ...sample.steps, first: 3, count: 3 };
const longer = {
  ...sample,
  tokens: {
    count: 6,
    start: [0, 1, 2, 3, 4, 5],
    text: ["<s>", " Rome", " is", " B", "ee", "r"],
    special: [0],
  },
  inputs: 5,
  steps: two,
};

test("a word of several tokens is checked whole, without what is before it", () => {
  const values = Float32Array.of(0.1, 0.2, 0.3, 0.4, Number.NaN, Number.NaN);
  const shown = { steps: [0, 1, 2], values, method: sample.methods[0] } as unknown as ShownScores;
  expect(questionOf(shown, longer, [0, 1, 2])).toEqual({ steps: [0, 1, 2], inputs: [2] });
  expect(plainText(checkText({ ...found, inputs: [2] }, [0, 1, 2], longer))).toMatch(
    /^Check: without is, p of Beer/,
  );
});

test("steps that do not follow one another have no joint probability to check, and classes none at all", () => {
  const values = Float32Array.of(0.1, 0.2, 0.3, 0.4, Number.NaN, Number.NaN);
  const shown = { steps: [0, 2], values, method: sample.methods[0] } as unknown as ShownScores;
  expect(questionOf(shown, longer, [0, 2])).toBeNull();
  const classes = { ...longer, steps: { ...two, step_noun: ["class", "classes"] as const } };
  expect(questionOf({ ...shown, steps: [0, 1] }, classes, [0, 1])).toBeNull();
  expect(questionOf({ ...shown, steps: [0] }, classes, [0])).not.toBeNull();
});

test("all tokens of a word are masked, and it is named once", async () => {
  const text = ["<s>", " Lux", "emb", " is", " of", " the", " 東"];
  const whole = {
    ...sample,
    tokens: { count: 7, start: [0, 1, 2, 3, 4, 5, 6], text, special: [0] },
    inputs: 6,
    sections: [],
    steps: { ...sample.steps, first: 6, count: 1 },
  };
  const values = Float32Array.of(0.1, 0.2, 0.2, 0.3, 0.1, 0.1, Number.NaN);
  const shown = { steps: [0], values, method: whole.methods[0] } as unknown as ShownScores;
  // Lux and emb go first, then nothing more than half of the five.
  expect(questionOf(shown, whole, [0])?.inputs).toEqual([1, 2]);
  expect(plainText(checkText({ ...found, inputs: [1, 2, 3] }, [0], whole))).toMatch(
    /^Check: without Luxemb, is, p of 東/,
  );
});
