import { expect, test } from "vitest";
import fixture from "../../tests/fixtures/messages.json";
import type { Content } from "./content";
import { glanceOf } from "./glance";
import type { Weights } from "./weights";

/** The planted weights, not quantised. */
const planted = fixture.planted.attention as (number | "NaN")[][][][];
const weights = {
  layers: 2,
  heads: 2,
  of: (layer: number, head: number, step: number) => ({
    weights: (planted[step]?.[layer]?.[head] ?? []).filter((v) => v !== "NaN"),
    unit: 1,
  }),
} as unknown as Weights;
const content = fixture.content as unknown as Content;

test("an exported page makes the pictures that Python would", () => {
  const example = fixture.requests.find(
    ({ request }) => request.op === "glance",
  ) as (typeof fixture.requests)[0];
  const { rows, cols, high } = example.answer.meta as Record<string, number>;
  const made = glanceOf(weights, content, rows as number, cols as number);
  expect([made.high, ...made.values]).toEqual([high, ...(example.answer.values as number[])]);
});

test("at full size each element is one weight, and what was not seen is empty", () => {
  const { values } = glanceOf(weights, content, 2, 3);
  expect([...values.slice(0, 6)]).toEqual([127, 127, 255, 64, 64, 127]);
});
