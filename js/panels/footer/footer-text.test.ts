import { expect, test } from "vitest";
import type { Reading } from "../../scores/shown-scores";
import type { Selection } from "../../session/session";
import { sample } from "../../session/testing";
import { defaultOptions } from "../../state/state";
import { unitsOf } from "../../state/units";
import { explained, fed, scaleSays, type Words } from "./footer-text";

const content = sample;
const [saliency, gradient, attention] = content.methods;
const all: Selection = { method: "", layer: null, heads: [], head_rule: "mean" };
const reading = (part: Partial<Reading>): Reading => ({
  steps: [0],
  input: null,
  method: saliency as never,
  selection: all,
  exact: Float32Array.of(0.25, 0.75, Number.NaN),
  values: Float32Array.of(0.25, 0.75, Number.NaN, Number.NaN),
  hidden: new Uint8Array(4),
  high: 0.75,
  hiddenShare: 0,
  renormalized: false,
  note: null,
  ...part,
});
const text = (words: Words): string => words.map((w) => (typeof w === "string" ? w : w.strong)).join("");

test("what a method has to say of the numbers comes last", () => {
  const note = "completeness residual 0.8 % of the score";
  expect(text(explained([0], reading({ note }), content, defaultOptions))).toMatch(
    /L2 norm · completeness residual 0\.8 % of the score$/,
  );
});

test("one token", () => {
  expect(text(explained([0], reading({}), content, defaultOptions))).toBe(
    "Explaining is, token 1 of 2 · p = .750 · rank 1 · saliency of log-probability, L2 norm",
  );
});

test("a span", () => {
  expect(text(explained([0, 1], reading({ steps: [0, 1] }), content, defaultOptions))).toBe(
    "Explaining is 東, tokens 1–2 of 2, mean of 2 steps · joint p = .375 · saliency of log-probability, L2 norm",
  );
});

test.each([
  [all, "attention of all layers, mean of 4 heads"],
  [{ ...all, layer: 1, head_rule: "max" }, "attention of layer 2, maximum of its 2 heads"],
  [{ ...all, heads: [[1, 0]] }, "attention of layer 2, head 1"],
  [
    {
      ...all,
      heads: [
        [0, 0],
        [1, 1],
      ],
      head_rule: "sum",
    },
    "attention of 2 heads, their sum",
  ],
] as [Selection, string][])("layers and heads are counted from 1: %j", (selection, words) => {
  const shown = reading({ method: attention as never, selection });
  expect(text(explained([0], shown, content, defaultOptions))).toContain(words);
});

test("what an input fed", () => {
  const values = Float32Array.of(Number.NaN, Number.NaN, 0.1, 0.4);
  expect(text(fed(reading({ steps: [], input: 1, values, high: 0.4 }), content))).toContain(
    "Paris gave most to 東: .400",
  );
});

test("sums are promised only where they hold", () => {
  expect(scaleSays(reading({}), defaultOptions)).toEqual(["row sums to 1"]);
  const span = { ...defaultOptions, span_rule: "sum" } as const;
  expect(scaleSays(reading({ steps: [0, 1] }), span)).toEqual(["row sums to 2"]);
  const loudest = reading({ method: attention as never, selection: { ...all, head_rule: "max" } });
  expect(scaleSays(loudest, defaultOptions)).toEqual([]);
  expect(scaleSays(reading({ method: gradient as never }), defaultOptions).join()).toContain(
    "dashed takes away",
  );
});

test("the hidden share is told, and where it went", () => {
  const hidden = Uint8Array.of(1, 0, 0, 0);
  expect(scaleSays(reading({ hidden, hiddenShare: 0.25 }), defaultOptions)).toContain(
    "hidden tokens hold 25 %, left out",
  );
  expect(scaleSays(reading({ hidden, hiddenShare: 0.25, renormalized: true }), defaultOptions)).toContain(
    "hidden tokens hold 25 %, given to the rest",
  );
});

test("a newline is called so", () => {
  const text = content.tokens.text.map((word, u) => (u === unitsOf(content).firstWritten ? "\n" : word));
  const broken = { ...content, tokens: { ...content.tokens, text } };
  expect(explained([0], null, broken, defaultOptions)[1]).toEqual({ strong: "newline" });
});
