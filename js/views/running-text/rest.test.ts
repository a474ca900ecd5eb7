// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { settle, setUp } from "../../testing";
import { Boxes } from "./boxes";
import { buildText } from "./build";
import { Folds } from "./folds";
import type { Page } from "./page";
import { followRest, restRuns } from "./rest";

/** Sentences of 20 tokens. */
const spans = (count: number) =>
  Array.from({ length: count }, (_, k) => ({ start: 20 * k, end: 20 * k + 20 }));
const row = (...mass: number[]) => Float32Array.from(mass.flatMap((m) => [m, ...new Array(19).fill(0)]));

test("a run holds under 5 %, and what would be more begins another", () => {
  expect(restRuns(row(0.5, 0.02, 0.02, 0.02, 0.4, 0.04), spans(6))).toEqual([
    [1, 3],
    [3, 4],
    [5, 6],
  ]);
});

test("a run stops where something stands between the sentences, and short ones stay", () => {
  const apart = [
    { start: 0, end: 20 },
    { start: 20, end: 40 },
    { start: 41, end: 61 },
    { start: 61, end: 64 },
  ];
  const tokens = new Float32Array(64);
  tokens[0] = 0.97;
  tokens[20] = 0.01;
  tokens[41] = 0.01;
  expect(restRuns(tokens, apart)).toEqual([
    [1, 2],
    [2, 4],
  ]);
  expect(restRuns(tokens.fill(0, 1), apart.slice(3))).toEqual([]);
});

const prompt = 320;
const sentence = [0, 20, 40, 60];
const content = {
  tokens: {
    count: prompt + 1,
    start: Array.from({ length: prompt + 1 }, (_, i) => i),
    text: Array.from({ length: prompt + 1 }, (_, i) => ` w${i}`),
    special: [],
  },
  inputs: prompt,
  sections: [{ title: "Prompt", start: 0, end: prompt }],
  groups: { word: [], sentence: [...sentence, prompt], message: [], part: [] },
  steps: { first: prompt, count: 1, probability: [1], rank: [1], entropy: [0], alternatives: [[]] },
};

test("folds are named and hold what they stand for; those opened stay open with another word", async () => {
  const scores = new Array(prompt).fill(0);
  Object.assign(scores, { 1: 0.96, 20: 0.015, 40: 0.015, 60: 0.01 });
  const t = setUp(content, [scores]);
  const built = buildText(t.state.content.value, false);
  t.host.append(built.list);
  const folds = new Folds(built.units, built.folds, t.end.signal);
  const page = {
    ...{ built, folds, boxes: new Boxes(), scroller: t.host },
    follow: t.ctx.effect,
  } as unknown as Page;
  followRest(page, t.ctx);
  t.ctx.effect(() => folds.write(t.ctx));
  await settle();
  expect(folds.all).toHaveLength(0);
  t.state.options.value = { ...t.state.options.value, fold: true };
  await settle();
  const [fold] = folds.all;
  expect(fold?.chip.textContent).toBe(
    "▸ “w20 w21 w22 w23 w24 w25 w26 w27 w2…” 3 sentences · 300 tokens .040",
  );
  expect([folds.standIn(30), folds.nameOf(30), folds.standIn(19)]).toEqual([20, fold?.name, 19]);
  fold?.chip.click();
  t.state.options.value = { ...t.state.options.value, intensity: 1 };
  await settle();
  expect(folds.standIn(30)).toBe(30);
  t.state.options.value = { ...t.state.options.value, fold: false };
  await settle();
  expect([folds.all.length, t.host.querySelectorAll(".rest").length]).toEqual([0, 0]);
  expect(t.host.querySelectorAll(".t")).toHaveLength(prompt + 1);
});
