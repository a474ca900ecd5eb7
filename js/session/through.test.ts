// @vitest-environment happy-dom
import { type Signal, signal } from "@preact/signals-core";
import { beforeEach, expect, test, vi } from "vitest";
import { setUp } from "../testing";
import type { Content } from "./content";
import type { ScoreQuery } from "./scores";
import type { Session } from "./session";
import { sample } from "./testing";
import { passingOn } from "./through";

const query: ScoreQuery = { method: "saliency", layer: null, heads: [], head_rule: "mean" };
const through: ScoreQuery = { ...query, through: true };
const nan = Number.NaN;
/** Of an answer of three words after two tokens. */
const rows = [
  [0.25, 0.75, nan, nan],
  [0.5, 0, 0.5, nan],
  [0, 0.5, 0.25, 0.25],
];
/** By hand: a half of the second word's first row, and so on. */
const passed = [
  [0.25, 0.75, nan, nan],
  [0.625, 0.375, 0, nan],
  [0.21875, 0.78125, 0, 0],
];
let t: ReturnType<typeof setUp>;
let content: Signal<Content>;
let session: Session;
const asked = () => t.session.scores.mock.calls.map(([asking, steps]) => [asking, steps]);

beforeEach(() => {
  t = setUp({}, rows);
  content = signal<Content>({ ...sample, inputs: 4, steps: { ...sample.steps, first: 2, count: 3 } });
  t.session.scores.mockClear();
  session = passingOn(t.ctx.session, content);
});

test("what is not asked for through goes to the session itself", async () => {
  expect([...(await session.scores(query, [1]))]).toEqual(rows[1]);
  expect(session.known(query, 1)).toBeNull();
  expect(t.session.known).toHaveBeenCalledWith(query, 1);
  expect(session.changes).toBe(t.ctx.session.changes);
});

test("rows are made from those of all steps before, which are asked for once", async () => {
  expect([...(await session.scores(through, [1]))]).toEqual(passed[1]);
  expect(asked()).toEqual([[query, [0, 1]]]);
  expect([...(session.known(through, 0) as Float32Array)]).toEqual(passed[0]);
  expect([...(await session.scores(through, [2, 0]))]).toEqual([...(passed[2] ?? []), ...(passed[0] ?? [])]);
  expect([...(await session.column(through, 1))]).toEqual([0.75, 0.375, 0.78125]);
  expect(asked()).toHaveLength(2);
  expect([session.note(through, 1), session.sums(through, 1)]).toEqual([null, null]);
});

test("what the session knows of all steps before is passed on at once", async () => {
  await session.scores(through, [0]);
  const known = vi.fn((_: ScoreQuery, step: number) => Float32Array.from(rows[step] ?? []));
  t.session.known.mockImplementation(known as never);
  expect([...(session.known(through, 2) as Float32Array)]).toEqual(passed[2]);
});

test("the whole map has the greatest of each block", async () => {
  const map = await session.map(through);
  expect([map.rows, map.cols, map.signed, map.greatest]).toEqual([3, 4, false, 0.78125]);
});

test("rows of a text that has gone meanwhile are not kept for the one that came", async () => {
  let finish: (rows: Float32Array<ArrayBuffer>) => void = () => {};
  t.session.scores.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
  const asked = session.scores(through, [1]);
  await vi.waitFor(() => expect(t.session.scores).toHaveBeenCalled());
  content.value = { ...content.value };
  finish(Float32Array.from(rows.slice(0, 2).flat()));
  expect([...(await asked)]).toEqual(passed[1]);
  expect(session.known(through, 1)).toBeNull();
});

test("another text is read anew", async () => {
  await session.scores(through, [1]);
  content.value = { ...content.value };
  expect(session.known(through, 1)).toBeNull();
  await session.scores(through, [1]);
  expect(asked()).toHaveLength(2);
});
