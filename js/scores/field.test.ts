import { describe, expect, test } from "vitest";
import type { ScoreMap } from "../session/scores";
import { Field } from "./field";
import { shapeOf } from "./shape";
import { content } from "./testing";

const nan = Number.NaN;
const plain = { hidden: new Uint8Array(3), renormalize: false, spanRule: "mean" } as const;
const shares = { signed: false };
const scores = Float32Array.from([0.6, 0.1, 0.3, nan, nan, 0.2, 0.2, 0.2, 0.4, nan, 0.5, 0.1, 0.1, 0.2, 0.1]);
const rounded = (values: Float32Array | null) =>
  values && [...values].map((v) => (Number.isNaN(v) ? null : Number(v.toFixed(4))));

describe("exact", () => {
  const field = new Field(shapeOf(content), shares, plain);

  test("columns join steps and units", () => {
    expect(field.missing([0, 1])).toEqual([0, 1, 2]);
    expect(field.column(0)).toBeNull();
    field.put([0, 1, 2], scores);
    expect(field.missing([0, 1])).toEqual([]);
    expect(rounded(field.column(0))).toEqual([0.4, 0.4, 0.2]);
    expect(rounded(field.column(1))).toEqual([0.5, 0.2, 0.3]);
    expect(field.high).toBeCloseTo(0.5, 6);
    expect([...field.pyramid().base.values]).toEqual([203, 254, 203, 102, 102, 152]);
  });

  test("a hidden row leaves the picture and its scale", () => {
    field.read({ ...plain, hidden: Uint8Array.from([1, 0, 0]) });
    expect(rounded(field.column(1))).toEqual([null, 0.2, 0.3]);
    expect(field.high).toBeCloseTo(0.4, 6);
    expect([...field.pyramid().base.values].slice(0, 2)).toEqual([255, 255]);
    field.read({ ...plain, hidden: Uint8Array.from([1, 0, 0]), renormalize: true });
    expect(rounded(field.column(1))).toEqual([null, 0.4, 0.6]);
  });

  test("what could not be seen", () => {
    expect([field.seen(2, 0), field.seen(2, 1), field.seen(9, 1)]).toEqual([true, true, false]);
  });
});

test("signed scores keep their size when a row is hidden", () => {
  const field = new Field(
    shapeOf(content),
    { signed: true },
    { ...plain, renormalize: false, hidden: Uint8Array.from([1, 0, 0]) },
  );
  field.put([2], Float32Array.from([4, -1, -1, 0.5, 0.5]));
  expect(rounded(field.column(1))).toEqual([null, -2, 1]);
});

describe("map", () => {
  const map: ScoreMap = {
    rows: 3,
    cols: 3,
    pool: [1, 2],
    low: 0,
    high: 0.8,
    greatest: 0.8,
    floor: 0,
    signed: false,
    values: Uint8Array.from([254, 127, 255, 0, 127, 255, 127, 0, 254]),
  };
  test("units take the greatest of their cells; numbers wait for exact scores", () => {
    const field = new Field(shapeOf(content), shares, plain);
    field.putMap(map);
    expect(field.high).toBeCloseTo(0.8, 6);
    expect([...field.pyramid().base.values]).toEqual([254, 127, 254, 127, 127, 254]);
    expect(field.column(1)).toBeNull();
    field.put([2], scores.subarray(10));
    expect(rounded(field.column(1))).toEqual([0.5, 0.2, 0.3]);
  });
  test("scores that are rounding errors alone do not fill the colour scale", () => {
    const small = { ...map, high: 1e-6 };
    const seen = [small, { ...small, floor: 1 }].map((given) => {
      const field = new Field(shapeOf(content), shares, plain);
      field.putMap(given);
      return [field.high < 1, Math.max(...field.pyramid().base.values.filter((q) => q < 255))];
    });
    expect(seen).toEqual([
      [true, 254],
      [false, 0],
    ]);
  });
  test("a row pooled with a hidden one is hatched, not shown with the other's number", () => {
    const field = new Field(shapeOf(content), shares, { ...plain, hidden: Uint8Array.from([1, 0, 0]) });
    field.putMap(map);
    expect([...field.hatched]).toEqual([1, 1, 0]);
    expect(field.isHidden(1)).toBe(false);
    expect([...field.pyramid().base.values].slice(0, 4)).toEqual([255, 255, 255, 255]);
  });
});

test("one cell in a hundred may be beyond the scale, so that it does not pale the others", () => {
  const count = 300;
  const tokens = {
    count: count + 1,
    start: [...Array(count + 1).keys()],
    text: Array(count + 1).fill(" a"),
    special: [],
  };
  const steps = { ...content.steps, first: count, count: 1, probability: [0.5] };
  const long = shapeOf({ ...content, tokens, inputs: count, steps });
  const field = new Field(long, shares, { ...plain, hidden: new Uint8Array(count) });
  field.put(
    [0],
    Float32Array.from({ length: count }, (_, i) => (i === 5 ? 0.9 : 0.001 + i * 1e-6)),
  );
  expect(field.greatest).toBeCloseTo(0.9, 6);
  expect(field.high).toBeLessThan(0.0014);
  expect(field.pyramid().base.values[5]).toBe(254);
});
