import { expect, test } from "vitest";
import { plainText as text } from "../../dom";
import type { ShownScores } from "../../scores/shown-scores";
import type { ScoreQuery } from "../../session/scores";
import { sample } from "../../session/testing";
import { defaultOptions } from "../../state/state";
import { unitsOf } from "../../state/units";
import { explainedText, hintText, inputText, legendTexts, strongestText } from "./footer-text";

const content = sample;
const [saliency, gradient, attention] = content.methods;
const all: ScoreQuery = { method: "", layer: null, heads: [], head_rule: "mean" };
const known = Float32Array.of(0.25, 0.75, Number.NaN, Number.NaN);
const scores = (part: Partial<ShownScores>): ShownScores => ({
  steps: [0],
  input: null,
  method: saliency as never,
  query: all,
  values: known,
  sumsOfUnits: part.values ?? known,
  tokens: Float32Array.of(0.25, 0.75, Number.NaN),
  hidden: new Uint8Array(4),
  sinks: [],
  own: [],
  greatest: 0.75,
  high: 0.75,
  sum: 1,
  hiddenShare: 0,
  renormalized: false,
  note: null,
  sums: null,
  disputed: null,
  ...part,
});

test("what a method has to say of the numbers comes last", () => {
  const note = "completeness residual 0.8 % of the score";
  expect(text(explainedText([0], scores({ note }), content, defaultOptions))).toMatch(
    /L2 norm · completeness residual 0\.8 % of the score$/,
  );
});

test("what leaving one out puts first, where it disagrees", () => {
  const first = (disputed: number) => text(explainedText([0], scores({ disputed }), content, defaultOptions));
  expect(first(0)).toMatch(/L2 norm · leave one out puts <s> first$/);
  expect(first(1)).toMatch(/ · leave one out puts Paris first too, and orders the others otherwise$/);
});

test("one token", () => {
  expect(text(explainedText([0], scores({}), content, defaultOptions))).toBe(
    "Explaining is, token 1 of 2 · p = .750 · rank 1 · saliency of log-probability, L2 norm",
  );
});

test("a span", () => {
  expect(text(explainedText([0, 1], scores({ steps: [0, 1] }), content, defaultOptions))).toBe(
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
] as [ScoreQuery, string][])("layers and heads are counted from 1: %j", (query, words) => {
  const shown = scores({ method: attention as never, query });
  expect(text(explainedText([0], shown, content, defaultOptions))).toContain(words);
});

test("what an input fed", () => {
  const values = Float32Array.of(Number.NaN, Number.NaN, 0.1, 0.4);
  expect(text(inputText(scores({ steps: [], input: 1, values, high: 0.4 }), content))).toContain(
    "Paris gave most to 東: .400",
  );
});

test("signed scores have the unit of the score that they are parts of", () => {
  const unit = (description: string, signed = true) =>
    legendTexts(
      scores({ method: { ...(gradient as never as object), description, signed } as never }),
      defaultOptions,
      content,
    )[0];
  expect(unit("fall of log-probability when an input is masked")).toBe("in nats");
  expect(unit("SHAP values of log-odds")).toBe("in nats");
  expect(unit("input × gradient of logit minus the foil's")).toBe("in logits");
  expect(unit("weights of LIME's linear model of probability")).toBe("in probability");
  expect(unit("another library's numbers")).toBe("solid adds, dashed takes away");
  expect(unit("saliency of log-probability", false)).toBeUndefined();
});

test("sums are promised only where they hold", () => {
  expect(legendTexts(scores({}), defaultOptions, content)).toEqual(["row sums to 1"]);
  const span = { ...defaultOptions, span_rule: "sum" } as const;
  expect(legendTexts(scores({ steps: [0, 1], sum: 2 }), span, content)).toEqual(["row sums to 2"]);
  const loudest = scores({ method: attention as never, query: { ...all, head_rule: "max" } });
  expect(legendTexts(loudest, defaultOptions, content)).toEqual([]);
  expect(legendTexts(scores({ method: gradient as never }), defaultOptions, content).join()).toContain(
    "dashed takes away",
  );
});

test("attention that also goes to sinks is said to sum to less", () => {
  const sinks = scores({ method: attention as never, sum: 0.741 });
  expect(legendTexts(sinks, defaultOptions, content)).toEqual([
    "row sums to .741, not 1: the rest goes to no token",
  ]);
});

test("where the scale is wider than the scores, their size is told", () => {
  const rounding = scores({ method: gradient as never, greatest: 2e-6, high: 1 });
  expect(legendTexts(rounding, defaultOptions, content)).toContain("the greatest is +2.0e−6");
});

test("the hidden share is told, and where it went", () => {
  const hidden = Uint8Array.of(1, 0, 0, 0);
  expect(legendTexts(scores({ hidden, hiddenShare: 0.25 }), defaultOptions, content)).toContain(
    "hidden tokens hold 25 %, left out",
  );
  expect(
    legendTexts(scores({ hidden, hiddenShare: 0.25, renormalized: true }), defaultOptions, content),
  ).toContain("hidden tokens hold 25 %, given to the rest");
});

test("a newline is called so", () => {
  const text = content.tokens.text.map((word, u) => (u === unitsOf(content).firstWritten ? "\n" : word));
  const broken = { ...content, tokens: { ...content.tokens, text } };
  expect(explainedText([0], null, broken, defaultOptions)[1]).toEqual({ strong: "newline" });
});

test("a foil is named where the method takes one, and what stands against it elsewhere", () => {
  const foil = { step: 0, ids: [7], text: " was" };
  const contrasted = scores({ method: gradient as never, query: { ...all, foil: [7] } });
  expect(text(explainedText([0], contrasted, content, defaultOptions, foil))).toMatch(
    /^Why is and not was, .* · input × gradient of logit minus the foil's$/,
  );
  const inMatrix = scores({ method: gradient as never });
  expect(text(explainedText([0], inMatrix, content, defaultOptions, foil))).toContain(
    "not against was: the matrix takes no foil",
  );
  expect(text(explainedText([0], scores({}), content, defaultOptions, foil))).toContain(
    "not against was: Saliency takes no foil",
  );
});

test("the strongest units are named with their numbers, zeros are not", () => {
  const values = Float32Array.of(0, 0.75, 0.125, Number.NaN);
  expect(strongestText(scores({ values }), content)).toBe("Paris 0.750, is 0.125");
  const nothing = scores({ steps: [], input: 1, values: new Float32Array(4) });
  expect(text(inputText(nothing, content))).toContain("Paris gave nothing to the answer");
});

test("without anything chosen the next action is named", () => {
  expect(text(hintText(content))).toContain("Hover a word of the answer");
  const steps = { ...content.steps, step_noun: ["class", "classes"] as const };
  expect(text(hintText({ ...content, steps }))).toContain("Hover one of the classes");
  expect(text(hintText({ ...content, steps: { ...steps, count: 0 } }))).toContain("Nothing was generated");
});

test("scores without a sign do not tell classes apart, and that is said", () => {
  const steps = { ...content.steps, step_noun: ["class", "classes"] as const };
  const said = (method: unknown) =>
    text(explainedText([0], scores({ method: method as never }), { ...content, steps }, defaultOptions));
  expect(said(saliency)).toContain("how much each word counted, not for which class");
  expect(said(gradient)).not.toContain("which class");
  expect(text(explainedText([0], scores({}), content, defaultOptions))).not.toContain("which class");
});
