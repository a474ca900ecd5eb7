import { expect, test } from "vitest";
import { keptOf, massIn, sumIn } from "./spans";

const tokens = Float32Array.of(0.5, -0.25, Number.NaN, 0.125);

test("sums and magnitudes leave out what is not known", () => {
  expect([sumIn(tokens, { start: 0, end: 4 }), massIn(tokens, { start: 0, end: 4 })]).toEqual([0.375, 0.875]);
});

test("the fewest sentences that hold 80 %, in the order of the text", () => {
  const spans = [0, 1, 2, 3].map((start) => ({ start, end: start + 1 }));
  expect(keptOf(tokens, spans)).toEqual([0, 1]);
});
