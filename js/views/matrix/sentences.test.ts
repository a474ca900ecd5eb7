// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import type { FigureLook } from "../../draw/figure";
import { settle, setUp } from "../../testing";
import { figure } from "./figure";
import { followField, type Loaded } from "./load";

const words = ["<s>", " One.", " Two.", " <t>", " a.", " b.", " </t>", " So", " c."];
const count = words.length;
const first = 3;
const nan = Number.NaN;

function matrix() {
  const starts = words.map((_, k) => k);
  const steps = { ...setUp().state.content.peek().steps, first, count: count - first };
  const t = setUp(
    {
      tokens: { count, start: starts, text: words, special: [0] },
      inputs: count - 1,
      sections: [],
      groups: { word: starts, sentence: starts, message: starts, part: [0] },
      answer_sentences: [3, 5, 7],
      steps: { ...steps, probability: Array(count - first).fill(0.5) },
    },
    Array.from({ length: count - first }, (_, s) =>
      Array.from({ length: count - 1 }, (_, i) => (i < first + s ? 1 / (first + s) : nan)),
    ),
  );
  const show = vi.fn();
  t.state.view.value = "matrix";
  followField({ ...t.ctx, open: t.ctx.allSteps }, vi.fn(), show);
  const last = () => show.mock.lastCall?.[0] as Loaded;
  return { ...t, last };
}

test("sentences of the answer are rows and columns where the text is read by sentence", async () => {
  const { state, last, ctx } = matrix();
  await settle();
  expect(last().field.shape.steps.length).toBe(6);
  state.options.value = { ...state.options.value, units: "sentence" };
  await settle();
  const { shape } = last().field;
  expect(shape.columnText).toEqual(["<t> a.", "b. </t>", "So c."]);
  expect(shape.rowText).toEqual(["<s>", "One.", "Two.", "<t> a.", "b. </t>", "So c."]);
  expect(shape.steps).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  // Of 7 and of 8 inputs, two are the first sentence.
  const column = last().field.column(2) as Float32Array;
  expect(column[3]).toBeCloseTo((2 / 7 + 2 / 8) / 2, 6);
  expect(column[5]).toBeCloseTo(1 / 8 / 2, 6);
  const look = { sans: "serif", host: document.body, theme: "light", width: 800 } as unknown as FigureLook;
  expect((await figure(ctx, look))?.caption[0]).toBe("demo · 6 sentences (rows) of the answer's 3 (columns)");
});

test("a control token that is hidden stays so, and a sentence with one is shown", async () => {
  const { state, last } = matrix();
  state.options.value = { ...state.options.value, units: "sentence", hide_special: true };
  await settle();
  expect([0, 1, 2, 3, 4, 5].map((row) => last().field.isHidden(row))).toEqual([
    true,
    ...Array(5).fill(false),
  ]);
});
